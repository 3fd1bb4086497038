import type { HostName } from '../../test/lab/addresses.ts';
import type { RunningWorld } from '../../test/lab/lab.ts';
import type { RunOptions } from '../../test/lab/processes.ts';

/** One run of a command on a host of a world. */
export interface Timed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Wall time, s: of the command alone, without entering the host. */
  readonly seconds: number;
  /** Processor time of the command and its children, user and system, s: what a busy machine changes least. */
  readonly cpuSeconds: number;
}

/** ms; three connects at the kernel's time-out of 130 s, the most that one command of the checklist can make. */
const LONGEST = 400_000;
/** bash's own `time` writes its line last, to the standard error. LC_NUMERIC, because it prints the decimal sign of the language. */
const TIMING = ['bash', '-c', 'LC_NUMERIC=C TIMEFORMAT=$\'\\n%3R %3U %3S\'; time "$@"', 'bash'];
const TIMES = /\n([\d.]+) ([\d.]+) ([\d.]+)\n?$/u;

/** Runs a command to its end. A failing command is a result, not an error. */
export async function timed(
  lab: RunningWorld,
  host: HostName,
  command: readonly string[],
  options: RunOptions = {},
): Promise<Timed> {
  const ran = await lab.exec(host, [...TIMING, ...command], { ...options, timeoutMs: LONGEST });
  const found = TIMES.exec(ran.stderr);
  if (found === null) throw new Error(`${command.join(' ')}: bash told no times.\n${ran.stderr}`);
  const [real, user, system] = found.slice(1).map(Number);
  if (real === undefined || user === undefined || system === undefined) throw new Error('Too few times.');
  return {
    stdout: ran.stdout,
    stderr: ran.stderr.slice(0, found.index),
    exitCode: ran.exitCode,
    seconds: real,
    cpuSeconds: user + system,
  };
}
