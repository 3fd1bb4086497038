import type { Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';
import type { FoundSocket } from '../listeners/socket.ts';
import { LSOF_ARGS, parseLsof } from './lsof.ts';
import { netstatArgs, parseNetstat } from './netstat.ts';
import { programPaths } from './processes.ts';
import { type Output, run, wholeText } from './tool.ts';

/** What waits for packets on a Mac. */
export interface MacSockets {
  readonly tool: 'netstat' | 'lsof';
  readonly sockets: readonly FoundSocket[];
  /** False where sockets of other users may be missing: then that none was seen is no evidence. */
  readonly complete: boolean;
  /** Where the programs lie, by process. */
  readonly paths: ReadonlyMap<number, string>;
}

/** netstat sees every socket and its families, lsof whose those are that this user may see. Null where neither is of use. */
export async function macSockets(ports: Ports, context: ProbeContext): Promise<MacSockets | null> {
  const [tcp, udp, list, paths] = await Promise.all([
    run(ports, context, 'netstat', ...netstatArgs('tcp')),
    run(ports, context, 'netstat', ...netstatArgs('udp')),
    run(ports, context, 'lsof', ...LSOF_ARGS),
    programPaths(ports, context),
  ]);
  const owned = parseList(list);
  const found = [tcp, udp].map((output) => parseNetstat(wholeText(output) ?? ''));
  const [fromTcp, fromUdp] = found;
  if (fromTcp != null) {
    const sockets = [...fromTcp, ...(fromUdp ?? [])].map((socket) => named(socket, owned ?? [], paths));
    // What lsof lists and netstat doesn't shows that netstat's list isn't whole.
    const isWhole = (owned ?? []).every((each) => sockets.some((socket) => isSame(each, socket)));
    return { tool: 'netstat', sockets, complete: fromUdp != null && isWhole, paths };
  }
  if (owned === null) return null;
  return { tool: 'lsof', sockets: owned, complete: ports.host.isRoot === true, paths };
}

/** lsof ends with 1 where it lists nothing. */
function parseList(output: Output): FoundSocket[] | null {
  if (output?.exitCode === 1 && output.stdout === '' && output.stderr === '') return [];
  const text = wholeText(output);
  return text === null ? null : parseLsof(text);
}

const isSame = (one: FoundSocket, other: FoundSocket): boolean =>
  one.protocol === other.protocol &&
  one.family === other.family &&
  one.address === other.address &&
  one.port === other.port;

function named(
  socket: FoundSocket,
  owned: readonly FoundSocket[],
  paths: ReadonlyMap<number, string>,
): FoundSocket {
  const same = owned.find((each) => isSame(each, socket));
  if (same !== undefined) return { ...socket, program: same.program };
  const { program } = socket;
  if (program === null || program.name !== '') return socket;
  const name =
    paths
      .get(program.pid ?? 0)
      ?.split('/')
      .at(-1) ?? '';
  return { ...socket, program: name === '' ? null : { ...program, name: name.slice(0, 64) } };
}
