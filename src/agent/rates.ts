/** A sliding window, a key. Times in milliseconds on a clock that never goes back. */
interface Window {
  /** How many fit. */
  readonly limit: number;
  readonly windowMs: number;
  /** Keys remembered; the one unused for longest is forgotten first. */
  readonly keys: number;
}

/** Events, of which at most `limit` fit into the window. */
export interface RateLimit {
  /** Milliseconds until one more fits: 0 where it does now. */
  wait(key: string): number;
  take(key: string): void;
}

export function rateLimit(window: Window, now: () => number): RateLimit {
  const taken = new Map<string, number[]>();
  const recent = (key: string): number[] =>
    (taken.get(key) ?? []).filter((at) => at > now() - window.windowMs);
  return {
    wait: (key) => {
      const times = recent(key);
      const [oldest = 0] = times;
      return times.length < window.limit ? 0 : oldest + window.windowMs - now();
    },
    take: (key) => remember(taken, key, [...recent(key), now()].slice(-window.limit), window.keys),
  };
}

/** Different values, of which at most `limit` fit into the window; one that is in it already always fits. */
export interface VarietyLimit {
  /** Milliseconds until all these values fit: 0 where they do now. */
  wait(key: string, values: readonly (string | number)[]): number;
  take(key: string, values: readonly (string | number)[]): void;
}

export function varietyLimit(window: Window, now: () => number): VarietyLimit {
  const taken = new Map<string, Map<string | number, number>>();
  const recent = (key: string) =>
    new Map([...(taken.get(key) ?? [])].filter(([, at]) => at > now() - window.windowMs));
  return {
    wait: (key, values) => {
      const known = recent(key);
      const excess = known.size + values.filter((value) => !known.has(value)).length - window.limit;
      if (excess <= 0) return 0;
      // As many of the others as don't fit have to leave the window first.
      const others = [...known].filter(([value]) => !values.includes(value)).map(([, at]) => at);
      const last = others.sort((a, b) => a - b)[excess - 1] ?? now();
      return last + window.windowMs - now();
    },
    take: (key, values) => {
      const known = recent(key);
      for (const value of values) known.set(value, now());
      remember(taken, key, known, window.keys);
    },
  };
}

/** Puts the key last, so that the first is the one unused for longest. */
function remember<V>(table: Map<string, V>, key: string, value: V, limit: number): void {
  table.delete(key);
  const [oldest] = table.keys();
  if (oldest !== undefined && table.size >= limit) table.delete(oldest);
  table.set(key, value);
}
