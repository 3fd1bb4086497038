/** ms between SIGTERM and SIGKILL for a program that doesn't end when told. */
export const KILL_AFTER = 500;

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
