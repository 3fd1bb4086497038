import type { Readable } from 'node:stream';

/** ms between SIGTERM and SIGKILL for a program that doesn't end when told. */
export const KILL_AFTER = 500;

/** ms that a program's outputs are still read after SIGKILL. */
const LAST_WORDS = 100;

/**
 * Ends the reading of a program's outputs a moment after it is killed: what it has started itself, and left behind, may
 * hold them open for ever.
 * @param over aborts when the program is told to end
 * @returns what calls that off
 */
export function letGoAfter(over: AbortSignal, outputs: readonly Readable[]): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer = setTimeout(() => {
      for (const output of outputs) output.destroy();
    }, KILL_AFTER + LAST_WORDS);
  };
  if (over.aborted) arm();
  else over.addEventListener('abort', arm, { once: true });
  return () => {
    over.removeEventListener('abort', arm);
    clearTimeout(timer);
  };
}

/** What stands in for the exit code where the program gave none; as timeout(1) and sh(1) do, 125 is ours. */
export const EXIT = { timedOut: 124, outputCutOff: 125, notStarted: 126, killed: 128 } as const;

interface Ended {
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly isTerminated: boolean;
}

/** The code of a program that execa ran. */
export function exitCodeOf(result: Ended): number {
  if (result.timedOut || result.isCanceled) return EXIT.timedOut;
  return result.exitCode ?? (result.isTerminated ? EXIT.killed : EXIT.notStarted);
}
