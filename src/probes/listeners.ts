import { endianness } from 'node:os';
import type { Evidence } from '../model/evidence.ts';
import type { ListeningSocket } from '../model/facts/host.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { named } from './listeners/named.ts';
import { NETSTAT_ARGS, parseNetstat } from './listeners/netstat.ts';
import { LIST_FILES, PROC_TABLES, parseOwners, parseProcTable } from './listeners/proc.ts';
import { type FoundSocket, isInit } from './listeners/socket.ts';
import { parseSs, SS_ARGS } from './listeners/ss.ts';
import { windowsListeners } from './listeners/windows.ts';
import { macListeners } from './macos/listeners.ts';

/** ms; thousands of sockets take a fifth of a second, on a small machine with other work ten times that. */
const TOOL_TIMEOUT = 3_500;
/** Sockets kept. */
const MAX_SOCKETS = 256;

export const BINDV6ONLY = '/proc/sys/net/ipv6/bindv6only';

/** Each way to see them, best first: only ss tells v6only. */
const HOW = {
  ss: 'sudo ss -lntuep',
  netstat: 'sudo netstat -lntup',
  proc: 'cat /proc/net/tcp /proc/net/tcp6',
};
type Tool = keyof typeof HOW;

/** The sockets of this machine that wait for packets; whose they are, root alone sees for all of them. */
export async function listeners(ports: Ports, context: ProbeContext): Promise<Evidence> {
  if (ports.host.platform === 'win32') return windowsListeners(ports, context);
  if (ports.host.platform === 'darwin') return macListeners(ports, context);
  const item = evidenceOf('listeners', 'own', context, ports.clock);
  if (ports.host.platform !== 'linux') return item.skipped({ code: 'not-applicable' });
  const [result, bindv6only] = await Promise.all([find(ports, context.signal), readBindv6only(ports)]);
  if (result === null) {
    const interrupted = context.signal.aborted;
    return item.failed(interrupted ? { code: 'interrupted' } : { code: 'no-tool', detail: 'ss' }, HOW.ss);
  }
  const kept = distinct(result.sockets);
  const sockets = await named(kept.slice(0, MAX_SOCKETS), ports, context.signal);
  return item.ok(
    { tool: result.tool, sockets: [...sockets], bindv6only, truncated: kept.length > MAX_SOCKETS },
    HOW[result.tool],
  );
}

async function find(
  ports: Ports,
  signal: AbortSignal,
): Promise<{ tool: Tool; sockets: FoundSocket[] } | null> {
  const run = async (file: string, args: readonly string[]): Promise<string | null> => {
    const result = await ports.exec.run(file, args, { timeoutMs: TOOL_TIMEOUT, signal });
    if (result?.exitCode !== 0) return null;
    // A last line without its end: the rest is missing.
    return result.stdout === '' || result.stdout.endsWith('\n') ? result.stdout : null;
  };
  const fromSs = parsed(await run('ss', SS_ARGS), parseSs);
  if (fromSs !== null) return { tool: 'ss', sockets: fromSs };
  const fromNetstat = parsed(await run('netstat', NETSTAT_ARGS), parseNetstat);
  if (fromNetstat !== null) return { tool: 'netstat', sockets: fromNetstat };
  const fromProc = await readProc(ports);
  if (fromProc === null) return null;
  const [shell, ...args] = LIST_FILES;
  const owners = parseOwners((await run(shell, args)) ?? '');
  const sockets = await Promise.all(
    fromProc.map(async (socket) => {
      const pid = owners.get(socket.inode ?? 0);
      const name = pid === undefined ? null : await ports.files.read(`/proc/${pid}/comm`).catch(() => null);
      return pid === undefined || name === null ? socket : ownedBy(socket, { name: name.trim(), pid });
    }),
  );
  return { tool: 'proc', sockets };
}

const ownedBy = (socket: FoundSocket, program: NonNullable<FoundSocket['program']>): FoundSocket => ({
  ...socket,
  program,
  activated: isInit(program),
});

const parsed = <T>(text: string | null, parse: (text: string) => T | null): T | null =>
  text === null ? null : parse(text);

/** Null where the first table can't be read: there is no /proc. A kernel without IPv6 lacks the others. */
async function readProc({ files, host }: Ports): Promise<FoundSocket[] | null> {
  const texts = await Promise.all(
    PROC_TABLES.map(async ([protocol, path]) => ({
      protocol,
      text: await files.read(path).catch(() => null),
    })),
  );
  if (texts.every(({ text }) => text === null)) return null;
  const littleEndian = host.littleEndian ?? endianness() === 'LE';
  return texts.flatMap(({ protocol, text }) => parseProcTable(protocol, text ?? '', littleEndian));
}

async function readBindv6only({ files }: Ports): Promise<boolean | null> {
  const text = (await files.read(BINDV6ONLY).catch(() => null))?.trim();
  return text === '1' ? true : text === '0' ? false : null;
}

/** Each once (workers share an address with SO_REUSEPORT), TCP first. */
function distinct(sockets: readonly FoundSocket[]): FoundSocket[] {
  const keyOf = ({ inode: _, program, ...rest }: FoundSocket): string =>
    JSON.stringify([rest, program?.name ?? null]);
  const first = new Map(sockets.toReversed().map((socket) => [keyOf(socket), socket]));
  const each = [...first.values()].toReversed();
  return each.sort((one, other) => order(one) - order(other) || one.port - other.port);
}

const order = ({ protocol }: Pick<ListeningSocket, 'protocol'>): number => (protocol === 'tcp' ? 0 : 1);
