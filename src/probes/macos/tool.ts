import type { Reason } from '../../model/evidence.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';

/** ms; they read the kernel's tables, which takes some ten. */
const TIMEOUT = 3_500;
/** Characters kept of a complaint. */
const DETAIL_LENGTH = 200;

/** What a program gave; null where it isn't installed. */
export type Output = { readonly exitCode: number; readonly stdout: string; readonly stderr: string } | null;

/** Where macOS keeps what an ordinary PATH may lack: over SSH it has no `/sbin` and no `/usr/sbin`. */
const FOLDERS: Readonly<Record<string, string>> = {
  arp: '/usr/sbin',
  ifconfig: '/sbin',
  lsof: '/usr/sbin',
  ndp: '/usr/sbin',
  netstat: '/usr/sbin',
  pfctl: '/sbin',
  route: '/sbin',
  socketfilterfw: '/usr/libexec/ApplicationFirewall',
  traceroute: '/usr/sbin',
  traceroute6: '/usr/sbin',
};

/** By its name, else where macOS keeps it. */
export async function run(
  { exec }: Ports,
  { signal }: Pick<ProbeContext, 'signal'>,
  file: string,
  ...args: readonly string[]
): Promise<Output> {
  const options = { timeoutMs: TIMEOUT, signal };
  const folder = FOLDERS[file];
  return (
    (await exec.run(file, args, options)) ??
    (folder === undefined ? null : await exec.run(`${folder}/${file}`, args, options))
  );
}

/** What a program printed, where it came to its end: each of its lines is whole. */
export function wholeText(output: Output): string | null {
  if (output?.exitCode !== 0) return null;
  return output.stdout === '' || output.stdout.endsWith('\n') ? output.stdout : null;
}

/** Why a program's output is of no use. */
export function whyNot(output: Output, tool: string): Reason {
  if (output === null) return { code: 'no-tool', detail: tool };
  const { exitCode, stdout, stderr } = output;
  const said = plainText(stderr.trim().split('\n').at(-1) ?? '', DETAIL_LENGTH);
  const detail = said === '' ? tool : `${tool}: ${said}`;
  if (exitCode === 124) return { code: 'timed-out', detail: tool };
  if (exitCode === 125) return { code: 'too-large', detail: tool };
  if (/permission denied|not permitted|must be root/iu.test(stderr)) return { code: 'no-privilege', detail };
  if (exitCode === 0 && stdout !== '' && !stdout.endsWith('\n')) {
    return { code: 'malformed', detail: `${tool}: cut off` };
  }
  return { code: exitCode === 0 ? 'malformed' : 'unsupported', detail };
}
