import type { Evidence, Seen, TcpOutcome } from '../evidence.ts';
import type { UdpOutcome, UdpProtocol } from '../facts/udp.ts';

/** One look at one address. `udp` tells of which question, where it was one over UDP: silence then means less. */
export type Reach = Seen<'reach'> & { readonly udp?: UdpProtocol };

/** In the words of a connection; that silence isn't a dead port, `stateOf` knows. */
const AS_TCP: Readonly<Record<UdpOutcome['outcome'], TcpOutcome['outcome']>> = {
  answered: 'connected',
  silent: 'timed-out',
  refused: 'refused',
  'icmp-unreachable': 'icmp-unreachable',
  'no-route': 'no-route',
  'blocked-locally': 'blocked-locally',
  error: 'error',
};

const known = new WeakMap<Seen<'udp-reach'>, Reach>();

/** All looks at addresses, over TCP and over UDP, so that the same rules judge both. */
export const reachSeen = (evidence: readonly Evidence[]): Reach[] =>
  evidence.flatMap((item): Reach[] => {
    if (item.status !== 'ok') return [];
    if (item.probe === 'reach') return [item];
    return item.probe === 'udp-reach' ? [asReach(item)] : [];
  });

/** The same one for the same evidence: looks are told apart by themselves. */
function asReach(item: Seen<'udp-reach'>): Reach {
  const before = known.get(item);
  if (before !== undefined) return before;
  const { protocol, attempts, ...facts } = item.facts;
  const reach: Reach = {
    ...item,
    probe: 'reach',
    facts: { ...facts, attempts: attempts.map((each) => ({ ...each, outcome: AS_TCP[each.outcome] })) },
    udp: protocol,
  };
  known.set(item, reach);
  return reach;
}
