import type { Clock } from '../../ports/ports.ts';

/** Milliseconds that several steps share. */
export interface Budget {
  /** What is left for one step that may take at most so long; 1 where nothing is. */
  left(atMost?: number): number;
  readonly isSpent: boolean;
}

export function budgetOf(totalMs: number, clock: Clock): Budget {
  const end = clock.monotonic() + totalMs;
  const rest = () => end - clock.monotonic();
  return {
    left: (atMost = Number.POSITIVE_INFINITY) => Math.max(1, Math.min(atMost, Math.floor(rest()))),
    get isSpent() {
      return rest() <= 0;
    },
  };
}
