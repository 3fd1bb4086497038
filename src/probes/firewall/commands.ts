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

/** The tools of a family: `iptables` and `ip6tables`. */
const tool = (family: Family): string => (family === 'ipv4' ? 'iptables' : 'ip6tables');

/** What is run, each with its arguments. */
export const COMMANDS = {
  nftJson: ['nft', '-j', 'list', 'ruleset'],
  nftText: ['nft', '-a', 'list', 'ruleset'],
  nftSave: { ipv4: [`${tool('ipv4')}-nft-save`], ipv6: [`${tool('ipv6')}-nft-save`] },
  legacySave: { ipv4: [`${tool('ipv4')}-legacy-save`], ipv6: [`${tool('ipv6')}-legacy-save`] },
  save: { ipv4: [`${tool('ipv4')}-save`], ipv6: [`${tool('ipv6')}-save`] },
  ipset: ['ipset', 'save'],
  addresses: ['ip', '-j', '-d', 'addr'],
  defaults: {
    ipv4: ['ip', '-j', '-4', 'route', 'show', 'default'],
    ipv6: ['ip', '-j', '-6', 'route', 'show', 'default'],
  },
} as const satisfies Record<string, readonly string[] | Record<Family, readonly string[]>>;

/** The kernel's list of the tables that iptables-legacy has. */
export const LEGACY_TABLES: Readonly<Record<Family, string>> = {
  ipv4: '/proc/net/ip_tables_names',
  ipv6: '/proc/net/ip6_tables_names',
};
export const FORWARDING: Readonly<Record<Family, string>> = {
  ipv4: '/proc/sys/net/ipv4/ip_forward',
  ipv6: '/proc/sys/net/ipv6/conf/all/forwarding',
};
/** By which way a packet for the address leaves. */
export const routeCommand = (address: string): string[] => ['ip', 'route', 'get', address];

export async function readAll(ports: Ports, context: ProbeContext): Promise<Outputs> {
  const run = ([file = '', ...args]: readonly string[]): Promise<Output> =>
    runTool(ports, context, file, args);
  const both = async <T>(of: (family: Family) => Promise<T>): Promise<Record<Family, T>> => {
    const [ipv4, ipv6] = await Promise.all([of('ipv4'), of('ipv6')]);
    return { ipv4, ipv6 };
  };
  const [nftJson, nftText, nftSave, legacySave, save, ipset, addresses, defaults, legacyTables, forwarding] =
    await Promise.all([
      run(COMMANDS.nftJson),
      run(COMMANDS.nftText),
      both((family) => run(COMMANDS.nftSave[family])),
      both((family) => run(COMMANDS.legacySave[family])),
      both((family) => run(COMMANDS.save[family])),
      run(COMMANDS.ipset),
      run(COMMANDS.addresses),
      both((family) => run(COMMANDS.defaults[family])),
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
  try {
    const text = await files.read(LEGACY_TABLES[family]);
    return text === null ? null : text.split('\n').filter((name) => name !== '');
  } catch {
    return 'unreadable';
  }
}

async function forwards({ files }: Ports, family: Family): Promise<boolean | null> {
  try {
    const text = (await files.read(FORWARDING[family]))?.trim();
    return text === undefined || text === '' ? null : text !== '0';
  } catch {
    return null;
  }
}

/** The interface by which a packet for the address leaves; null where it can't be told. */
export async function routeTo(address: string, ports: Ports, context: ProbeContext): Promise<string | null> {
  const [file = '', ...args] = routeCommand(address);
  const output = await runTool(ports, context, file, args);
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
