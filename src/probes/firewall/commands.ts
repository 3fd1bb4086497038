import type { Family } from '../../model/address.ts';
import type { Reason } from '../../model/evidence.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';

/** ms; they read the kernel's tables, which takes some ten, a second where there are a hundred thousand rules. */
const TIMEOUT = 3_000;

/** What a program gave; null where it isn't installed. */
export type Output = { readonly exitCode: number; readonly stdout: string; readonly stderr: string } | null;

/** Everything that is read, in parallel. */
export interface Outputs {
  readonly nftJson: Output;
  readonly nftText: Output;
  readonly nftSave: Readonly<Record<Family, Output>>;
  readonly legacySave: Readonly<Record<Family, Output>>;
  /** Whichever of the two the system has under the plain name. */
  readonly save: Readonly<Record<Family, Output>>;
  readonly ipset: Output;
  readonly addresses: Output;
  readonly defaults: Readonly<Record<Family, Output>>;
  /** The tables of iptables-legacy that the kernel has; null where it has none at all, `unreadable` without privilege. */
  readonly legacyTables: Readonly<Record<Family, readonly string[] | null | 'unreadable'>>;
  readonly forwarding: Readonly<Record<Family, boolean | null>>;
}

export async function readAll(ports: Ports, context: ProbeContext): Promise<Outputs> {
  const run = (file: string, ...args: string[]): Promise<Output> => runTool(ports, context, file, args);
  const both = async <T>(of: (family: Family) => Promise<T>): Promise<Record<Family, T>> => {
    const [ipv4, ipv6] = await Promise.all([of('ipv4'), of('ipv6')]);
    return { ipv4, ipv6 };
  };
  const tool = (family: Family): string => (family === 'ipv4' ? 'iptables' : 'ip6tables');
  const [nftJson, nftText, nftSave, legacySave, save, ipset, addresses, defaults, legacyTables, forwarding] =
    await Promise.all([
      run('nft', '-j', 'list', 'ruleset'),
      run('nft', '-a', 'list', 'ruleset'),
      both((family) => run(`${tool(family)}-nft-save`)),
      both((family) => run(`${tool(family)}-legacy-save`)),
      both((family) => run(`${tool(family)}-save`)),
      run('ipset', 'save'),
      run('ip', '-j', '-d', 'addr'),
      both((family) => run('ip', '-j', family === 'ipv4' ? '-4' : '-6', 'route', 'show', 'default')),
      both((family) => legacyNames(ports, family)),
      both((family) => forwards(ports, family)),
    ]);
  return {
    nftJson,
    nftText,
    nftSave,
    legacySave,
    save,
    ipset,
    addresses,
    defaults,
    legacyTables,
    forwarding,
  };
}

/** By its name, else where an ordinary user's PATH doesn't look. */
async function runTool(
  { exec }: Ports,
  { signal }: ProbeContext,
  file: string,
  args: readonly string[],
): Promise<Output> {
  const options = { timeoutMs: TIMEOUT, signal };
  return (await exec.run(file, args, options)) ?? (await exec.run(`/usr/sbin/${file}`, args, options));
}

async function legacyNames(
  { files }: Ports,
  family: Family,
): Promise<readonly string[] | null | 'unreadable'> {
  const path = `/proc/net/${family === 'ipv4' ? 'ip' : 'ip6'}_tables_names`;
  try {
    const text = await files.read(path);
    return text === null ? null : text.split('\n').filter((name) => name !== '');
  } catch {
    return 'unreadable';
  }
}

async function forwards({ files }: Ports, family: Family): Promise<boolean | null> {
  const path = family === 'ipv4' ? '/proc/sys/net/ipv4/ip_forward' : '/proc/sys/net/ipv6/conf/all/forwarding';
  try {
    const text = (await files.read(path))?.trim();
    return text === undefined || text === '' ? null : text !== '0';
  } catch {
    return null;
  }
}

/** The interface by which a packet for the address leaves; null where it can't be told. */
export async function routeTo(address: string, ports: Ports, context: ProbeContext): Promise<string | null> {
  const output = await runTool(ports, context, 'ip', ['route', 'get', address]);
  return output?.exitCode === 0 ? (/ dev (\S+)/u.exec(output.stdout)?.[1] ?? null) : null;
}

/** Why a program gave nothing; null where it did. */
export function complaint(output: NonNullable<Output>): Reason | null {
  const { exitCode, stderr } = output;
  if (exitCode === 0) return null;
  const detail = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  const because = detail === '' ? {} : { detail };
  if (exitCode === 124) return { code: 'timed-out', ...because };
  if (exitCode === 125) return { code: 'too-large', ...because };
  if (exitCode === 4 || /not permitted|permission denied|must be root/iu.test(stderr)) {
    return { code: 'no-privilege', ...because };
  }
  if (/json|(?:invalid|unknown|unrecogni[sz]ed) option/iu.test(stderr))
    return { code: 'unsupported', ...because };
  return { code: 'malformed', ...because };
}
