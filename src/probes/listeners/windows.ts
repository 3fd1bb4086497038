import type { Evidence, Reason } from '../../model/evidence.ts';
import type { ListeningSocket } from '../../model/facts/host.ts';
import type { Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { programsOf, SYSTEM_PID, type WindowsHolder } from '../windows/holders.ts';
import { NETSTAT_ARGS } from '../windows/netstat.ts';
import { windowsReading } from '../windows/reading.ts';
import { completeNetstat, fromNetstat, socketsOf, type WindowsSocket } from '../windows/sockets.ts';
import { foundSocket } from './socket.ts';
import { parseTasklist, TASKLIST_ARGS } from './tasklist.ts';

/** ms; both read tables of the kernel, which takes a few hundred on a machine with work. */
const TOOL_TIMEOUT = 2_500;
/** Sockets kept. */
const MAX_SOCKETS = 256;

const HOW = { powershell: 'Get-NetTCPConnection -State Listen; netstat -ano', netstat: 'netstat -ano' };

interface Found {
  readonly tool: keyof typeof HOW;
  readonly sockets: readonly WindowsSocket[];
  readonly programs: ReadonlyMap<number, Pick<WindowsHolder, 'name' | 'services'>>;
}

/** The sockets of a Windows machine, by PowerShell, else by netstat, whose numbers read the same in every language. */
export async function windowsListeners(ports: Ports, context: ProbeContext): Promise<Evidence> {
  const item = evidenceOf('listeners', 'own', context, ports.clock);
  const found = await find(ports, context.signal);
  if ('code' in found) return item.failed(found, HOW.powershell);
  const kept = distinct(found.sockets.flatMap((socket) => listening(socket, found.programs)));
  return item.ok(
    {
      tool: found.tool,
      sockets: kept.slice(0, MAX_SOCKETS),
      bindv6only: null,
      truncated: kept.length > MAX_SOCKETS,
    },
    HOW[found.tool],
  );
}

async function find(ports: Ports, signal: AbortSignal): Promise<Found | Reason> {
  const reading = await windowsReading(ports, signal);
  const sockets = socketsOf(reading);
  if (sockets !== null) return { tool: 'powershell', sockets, programs: programsOf(reading) };
  if (signal.aborted) return { code: 'interrupted' };
  const run = (file: string, args: readonly string[]) =>
    ports.exec.run(file, args, { timeoutMs: TOOL_TIMEOUT, signal });
  const [netstat, tasklist] = await Promise.all([
    run('netstat', NETSTAT_ARGS),
    run('tasklist', TASKLIST_ARGS),
  ]);
  if (signal.aborted) return { code: 'interrupted' };
  if (netstat === null) return { code: 'no-tool', detail: 'PowerShell, netstat' };
  if (netstat.exitCode === 124) return { code: 'timed-out', detail: 'netstat' };
  const rows = netstat.exitCode === 0 ? completeNetstat(netstat.stdout) : null;
  if (rows === null) return { code: 'malformed', detail: 'netstat -ano' };
  const programs = tasklist?.exitCode === 0 ? parseTasklist(tasklist.stdout) : new Map<number, string>();
  return {
    tool: 'netstat',
    sockets: fromNetstat(rows),
    programs: new Map([...programs].map(([pid, name]) => [pid, { name, services: null }])),
  };
}

function listening(socket: WindowsSocket, programs: Found['programs']): ListeningSocket[] {
  const { protocol, address, port, zone, pid, v6only } = socket;
  const program = programs.get(pid);
  const name = program === undefined ? (pid === SYSTEM_PID ? 'System' : null) : nameOf(program);
  const found = foundSocket({
    protocol,
    host: address,
    port: String(port),
    zone,
    v6only,
    program: name === null ? null : { name, pid },
  });
  if (found === null) return [];
  const { inode: _, activated: __, program: owner, ...rest } = found;
  return [{ ...rest, program: owner === null ? null : { ...owner, unit: null }, container: null }];
}

/** `nginx` of `nginx.exe`, as other systems call it; a host of services by the one that it hosts. */
function nameOf({ name, services }: Pick<WindowsHolder, 'name' | 'services'>): string {
  const bare = name.replace(/\.exe$/iu, '');
  return services?.length === 1 && bare.toLowerCase() === 'svchost' ? `${bare} (${services[0]})` : bare;
}

/** Each once, TCP first. */
function distinct(sockets: readonly ListeningSocket[]): ListeningSocket[] {
  const each = [...new Map(sockets.map((socket) => [JSON.stringify(socket), socket])).values()];
  const order = ({ protocol }: ListeningSocket): number => (protocol === 'tcp' ? 0 : 1);
  return each.sort((one, other) => order(one) - order(other) || one.port - other.port);
}
