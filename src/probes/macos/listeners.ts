import type { Evidence } from '../../model/evidence.ts';
import type { Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { macSockets } from './sockets.ts';

/** Sockets kept. */
const MAX_SOCKETS = 256;

const HOW = {
  netstat: 'netstat -anvW -p tcp; netstat -anvW -p udp; sudo lsof -nP -iTCP -sTCP:LISTEN -iUDP',
  lsof: 'sudo lsof -nP -iTCP -sTCP:LISTEN -iUDP',
} as const;

/** The sockets of a Mac that wait for packets. */
export async function macListeners(ports: Ports, context: ProbeContext): Promise<Evidence> {
  const item = evidenceOf('listeners', 'own', context, ports.clock);
  const found = await macSockets(ports, context);
  if (context.signal.aborted) return item.failed({ code: 'interrupted' }, HOW.netstat);
  if (found === null) return item.failed({ code: 'no-tool', detail: 'netstat, lsof' }, HOW.netstat);
  const { tool, complete } = found;
  const distinct = new Map(
    found.sockets.map(({ activated: _, inode: __, program, ...socket }) => {
      const kept = {
        ...socket,
        program: program === null ? null : { ...program, unit: null },
        container: null,
      };
      return [JSON.stringify([socket, program?.name ?? null]), kept] as const;
    }),
  );
  const sockets = [...distinct.values()].sort(
    (one, other) => one.protocol.localeCompare(other.protocol) || one.port - other.port,
  );
  return item.ok(
    {
      tool,
      sockets: sockets.slice(0, MAX_SOCKETS),
      // A setting of Linux.
      bindv6only: null,
      truncated: !complete || sockets.length > MAX_SOCKETS,
    },
    HOW[tool],
  );
}
