import { execa } from 'execa';
import type { Exec } from '../ports.ts';
import { EXIT, exitCodeOf, KILL_AFTER, letGoAfter } from './exec-exit.ts';
import { watch } from './exec-watch.ts';

/** Bytes of one output stream; a large nftables ruleset is a few MB. */
const OUTPUT_LENGTH = 8 * 1024 * 1024;

export const exec: Exec = {
  async run(file, args, { timeoutMs, signal, input }) {
    const tooMuch = new AbortController();
    const running = execa(file, [...args], {
      reject: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
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
    const over = AbortSignal.any([signal, tooMuch.signal, AbortSignal.timeout(timeoutMs)]);
    const hasEnded = letGoAfter(over, [running.stdout, running.stderr]);
    const result = await running;
    hasEnded();
    if (result.code === 'ENOENT') return null;
    const exitCode = tooMuch.signal.aborted || result.isMaxBuffer ? EXIT.outputCutOff : exitCodeOf(result);
    return { exitCode, stdout: result.stdout, stderr: result.stderr };
  },
  watch,
};
