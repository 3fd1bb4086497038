import { setImmediate } from 'node:timers/promises';
import type { Ports } from '../../../src/ports/ports.ts';

/** A clock on which time passes only while everything waits for it: hours of time-outs take a moment, to the millisecond. */
export function virtualClock() {
  let time = 0;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const clock: Ports['clock'] = {
    now: () => new Date(Date.UTC(2026, 0, 1) + time),
    monotonic: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: time + ms, wake: () => end(resolve) };
        const onAbort = () => end(() => reject(signal?.reason));
        const end = (how: () => void) => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', onAbort);
          how();
        };
        if (signal?.aborted === true) return onAbort();
        signal?.addEventListener('abort', onAbort);
        sleepers.add(sleeper);
      }),
  };
  return {
    clock,
    /** Lets time pass until the work has ended. @returns what came of it, and when */
    async until<T>(work: Promise<T>): Promise<{ value: T; at: number }> {
      let ended = false;
      const end = () => {
        ended = true;
      };
      work.then(end, end);
      for (;;) {
        // Several rounds: one thing that happens makes others happen.
        for (let round = 0; round < 10 && !ended; round += 1) await setImmediate();
        if (ended) return { value: await work, at: time };
        const [next] = [...sleepers].sort((one, other) => one.at - other.at);
        if (next === undefined)
          throw new Error(`everything waits at ${time} ms, and nothing will ever happen`);
        time = next.at;
        next.wake();
      }
    },
  };
}
