import { onTerminal, type Progress, silent } from './progress.ts';

/** Longest look, milliseconds: everything in it has a shorter time-out; above this something hangs. */
const DEADLINE_MS = 40_000;
/** After Ctrl-C what was learnt is shown; the shell's convention for a program ended by SIGINT. */
export const EXIT_INTERRUPTED = 130;

export interface Ended<T> {
  readonly result: T;
  /** By Ctrl-C. */
  readonly interrupted: boolean;
  /** Neither by Ctrl-C nor by the deadline. */
  readonly complete: boolean;
}

/** Runs what ends early on Ctrl-C, and at the latest after its deadline; its progress is shown on a terminal. */
export async function interruptible<T>(
  work: (signal: AbortSignal, progress: Progress) => Promise<T>,
): Promise<Ended<T>> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  // Not `once`: the progress lines' library ends the process where it finds no other listener.
  process.on('SIGINT', onInterrupt);
  const progress = process.stderr.isTTY ? onTerminal(process.stderr) : silent;
  try {
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const result = await work(signal, progress);
    return { result, interrupted: interrupt.signal.aborted, complete: !signal.aborted };
  } finally {
    progress.clear();
    process.removeListener('SIGINT', onInterrupt);
  }
}
