import { execa } from 'execa';
import type { Exec } from '../ports.ts';

/** Bytes of one output stream; a large nftables ruleset is a few MB. */
const OUTPUT_LENGTH = 8 * 1024 * 1024;
/** ms between SIGTERM and SIGKILL for a program that doesn't end when told. */
const KILL_AFTER = 500;

/** What stands in for the exit code where the program gave none; as timeout(1) and sh(1) do, 125 is ours. */
const EXIT = { timedOut: 124, outputCutOff: 125, notStarted: 126, killed: 128 } as const;

export const exec: Exec = {
  async run(file, args, { timeoutMs, signal }) {
    const tooMuch = new AbortController();
    const running = execa(file, [...args], {
      reject: false,
      stdin: 'ignore',
      env: { LC_ALL: 'C' },
      timeout: timeoutMs,
      cancelSignal: AbortSignal.any([signal, tooMuch.signal]),
      forceKillAfterDelay: KILL_AFTER,
      maxBuffer: OUTPUT_LENGTH,
      stripFinalNewline: false,
    });
    // At its limit, execa stops reading but lets the program wait for a reader until the time is up.
    for (const stream of [running.stdout, running.stderr]) {
      let length = 0;
      stream.on('data', (part: Buffer) => {
        length += part.length;
        if (length > OUTPUT_LENGTH) tooMuch.abort();
      });
    }
    const result = await running;
    if (result.code === 'ENOENT') return null;
    const exitCode = tooMuch.signal.aborted || result.isMaxBuffer ? EXIT.outputCutOff : exitCodeOf(result);
    return { exitCode, stdout: result.stdout, stderr: result.stderr };
  },
};

interface Ended {
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly isTerminated: boolean;
}

function exitCodeOf(result: Ended): number {
  if (result.timedOut || result.isCanceled) return EXIT.timedOut;
  return result.exitCode ?? (result.isTerminated ? EXIT.killed : EXIT.notStarted);
}
