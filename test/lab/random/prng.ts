/** Numbers that look random and are the same for the same seed (mulberry32 by Tommy Ettinger, public domain). */
export function prng(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the values, by their weights. */
export function pick<T extends string>(random: () => number, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries<number>(weights);
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of entries) {
    left -= weight;
    if (left < 0) return value as T;
  }
  return entries[0]?.[0] as T;
}
