import { isPublic } from '../../model/address.ts';
import type { ArrivalsFacts } from '../../model/facts/host.ts';
import type { NetworkInterfaceAddress } from '../../ports/ports.ts';
import type { Packet } from './tcpdump.ts';

type Arrival = ArrivalsFacts['arrivals'][number];
type Reply = ArrivalsFacts['replies'][number];

/** Rows kept of each: scanners come from everywhere. */
const MAX_ROWS = 128;
/** Senders' ports kept of each row; the fact's own limit. */
const MAX_SOURCE_PORTS = 64;

/** Packets alike, counted at each interface: on a bridge, the same packet shows at its port and at the bridge. */
interface Group<T> {
  readonly row: T;
  readonly sourcePorts: Set<number>;
  readonly counts: Map<string | null, number>;
}

/**
 * Sums up what came to this machine, and what was sent back. What comes from the local network counts too: some routers
 * put their own address into what they forward. Rows of the service's own port, and of public senders, come first.
 */
export function summed(
  packets: readonly Packet[],
  servicePort: number,
  own: readonly NetworkInterfaceAddress[],
): Pick<ArrivalsFacts, 'arrivals' | 'replies'> {
  const interfacesOf = (address: string): ReadonlySet<string> =>
    new Set(own.filter((each) => each.address === address).map((each) => each.interface));
  const isOwn = (address: string): boolean => own.some((each) => each.address === address);
  const arrivals = new Map<string, Group<Omit<Arrival, 'interface' | 'packets' | 'sourcePorts'>>>();
  const replies = new Map<string, Group<Omit<Reply, 'interface' | 'packets'>>>();
  /** The port that somebody last knocked at: an ICMP error doesn't always tell which it is about. */
  const lastPort = new Map<string, number>();
  const knocked = new Set<string>();

  for (const packet of packets) {
    const { family, from, to, kind } = packet;
    const isIn = packet.direction === 'in' || (packet.direction === null && isOwn(to) && !isOwn(from));
    if (kind === 'syn' || (kind === 'datagram' && isIn)) {
      if (!isIn || isOwn(from) || !isOwn(to) || packet.toPort === null) continue;
      lastPort.set(from, packet.toPort);
      knocked.add(`${from} ${packet.toPort}`);
      const group = count(arrivals, { family, from, to, port: packet.toPort }, packet.interface);
      if (packet.fromPort !== null) group.sourcePorts.add(packet.fromPort);
    } else {
      const port = packet.fromPort ?? lastPort.get(to);
      const isAnswer = port !== undefined && knocked.has(`${to} ${port}`);
      if (isIn || !isOwn(from) || port === undefined || !isAnswer) continue;
      count(replies, { family, to, port, kind }, packet.interface);
    }
  }
  const first = <T extends { port: number; from?: string; to: string }>(rows: T[]): T[] => {
    const rank = ({ from, port, to }: T): number =>
      2 * Number(port === servicePort) + Number(isPublic(from ?? to));
    return rows.toSorted((one, other) => rank(other) - rank(one)).slice(0, MAX_ROWS);
  };
  return {
    arrivals: first(
      [...arrivals.values()].map(({ row, counts, sourcePorts }) => ({
        ...row,
        sourcePorts: [...sourcePorts].slice(0, MAX_SOURCE_PORTS),
        ...counted(counts, interfacesOf(row.to)),
      })),
    ),
    replies: first(
      [...replies.values()].map(({ row, counts }) => ({ ...row, ...counted(counts, new Set()) })),
    ),
  };
}

function count<T extends object>(groups: Map<string, Group<T>>, row: T, name: string | null): Group<T> {
  const key = JSON.stringify(row);
  const group = groups.get(key) ?? { row, counts: new Map(), sourcePorts: new Set() };
  groups.set(key, group);
  group.counts.set(name, (group.counts.get(name) ?? 0) + 1);
  return group;
}

/** The interface that holds the address, else the one that saw it first; only what that one saw is counted. */
function counted(
  counts: ReadonlyMap<string | null, number>,
  holders: ReadonlySet<string>,
): { interface: string | null; packets: number } {
  const all = [...counts];
  const [name, packets] = all.find(([each]) => each !== null && holders.has(each)) ?? all[0] ?? [null, 1];
  return { interface: name, packets };
}
