import { execa } from 'execa';
import { EXIT, exitCodeOf } from './exec-exit.ts';

/** Bytes of what a program prints beside its lines: a package manager prints some kB. With more it is ended. */
const MAX_STDERR = 8 * 1024 * 1024;

export interface Fed {
  readonly exitCode: number;
  /** What it printed beside its lines. */
  readonly stderr: string;
}

/**
 * Runs a program that is given something to read, such as a script with a secret, and tells its lines as they come.
 * It is asked to end where `signal` aborts or the time is up, and given the time that it takes to put things back.
 * @returns null where it isn't installed
 */
export async function feed(
  file: string,
  args: readonly string[],
  options: {
    readonly input: string;
    readonly onLine: (line: string) => void;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Fed | null> {
  const running = execa(file, [...args], {
    input: options.input,
    reject: false,
    env: { LC_ALL: 'C' },
    timeout: options.timeoutMs,
    cancelSignal: options.signal,
    forceKillAfterDelay: false,
    buffer: { stdout: false, stderr: true },
    maxBuffer: { stderr: MAX_STDERR },
    stripFinalNewline: false,
  });
  const lines = (async () => {
    for await (const line of running.iterable({ from: 'stdout' })) options.onLine(String(line));
  })();
  // The program's own end says how it went; that its lines end with it is no error of theirs.
  const [result] = await Promise.all([running, lines.catch(() => undefined)]);
  if (result.code === 'ENOENT') return null;
  const exitCode = result.isMaxBuffer ? EXIT.outputCutOff : exitCodeOf(result);
  return { exitCode, stderr: result.stderr };
}

export type Feed = typeof feed;
