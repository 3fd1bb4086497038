/** When to give up: after `timeoutMs` milliseconds, or when the caller aborts. */
export interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type LimitHit = 'timed-out' | 'interrupted';

/**
 * Runs something that ends by itself, by the clock or by the caller's signal, whichever is first.
 * @param atLimit the result where a limit was hit first.
 * @param start begins the work and returns what stops it; `end` may be called any number of times, the first one counts.
 */
export function withinLimits<T>(
  { timeoutMs, signal }: Limits,
  atLimit: (hit: LimitHit) => T,
  start: (end: (value: T) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    let ended = false;
    const clear = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const end = (value: T) => {
      if (ended) return;
      ended = true;
      clear();
      stop();
      resolve(value);
    };
    const onAbort = () => end(atLimit('interrupted'));
    const timer = setTimeout(() => end(atLimit('timed-out')), timeoutMs);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      stop = start(end);
    } catch (error) {
      clear();
      reject(error);
    }
    // `start` may have ended at once, before there was anything to stop.
    if (ended) stop();
  });
}
