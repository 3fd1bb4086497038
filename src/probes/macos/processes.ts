import type { Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';
import { PROCESSES } from './commands.ts';
import { run, wholeText } from './tool.ts';

/** Processes read; a Mac has about six hundred. */
const MAX_PROCESSES = 20_000;

/** Where each process's program lies, by its id. On macOS `comm` is the whole path: ps(1). */
export async function programPaths(
  ports: Ports,
  context: ProbeContext,
): Promise<ReadonlyMap<number, string>> {
  return parseProcesses(wholeText(await run(ports, context, ...PROCESSES)) ?? '');
}

function parseProcesses(text: string): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  for (const line of text.split('\n').slice(0, MAX_PROCESSES)) {
    const [, pid, path] = /^\s*(\d{1,10})\s+(\/\S.{0,1023})$/u.exec(line.trimEnd()) ?? [];
    if (path !== undefined) paths.set(Number(pid), path);
  }
  return paths;
}
