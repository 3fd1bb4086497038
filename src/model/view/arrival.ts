import { isPublic } from '../address.ts';
import { isHere } from '../evidence.ts';
import type { ArrivalsFacts } from '../facts/host.ts';
import { transportOf } from '../target.ts';
import type { Case } from './case.ts';
import { onServer, routers } from './home.ts';
import { lineAddresses } from './line.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { looksAtLine } from './way.ts';

type Row = ArrivalsFacts['arrivals'][number];

/** What the witness on the server saw of the looks from outside. */
export type Arrival =
  | {
      readonly state: 'at-service' | 'at-other-port';
      readonly port: number;
      readonly packets: number;
      readonly from: string[];
      /** The router puts its own address in the sender's place: the server's firewall sees a neighbour. */
      readonly masqueraded: boolean;
      readonly evidence: string;
    }
  | {
      readonly state: 'never';
      readonly packets6: number;
      readonly watchedMs: number;
      readonly evidence: string;
    }
  | { readonly state: 'unknown' };

/**
 * Whether the look at the service's port came to the server. Its packets are known by the ports that they came from:
 * looks at other ports of the line may be led to the same place. @param internalPort where the forward leads to
 */
export function arrival4(the: Case, internalPort = the.target.port): Arrival {
  // What couldn't be tried from there sent no packet that could have arrived.
  const looks = looksAtLine(the).filter(({ state }) => state !== 'not-tried');
  const own = new Set(looks.flatMap(({ item }) => localPorts(item)));
  const aside = new Set(looksAside(the).flatMap(localPorts));
  // A look whose own ports aren't told may be any of the packets that nobody else sent.
  const isAsideTold = looksAside(the).every(({ facts }) =>
    facts.attempts.every(({ localPort }) => localPort !== undefined),
  );
  const inside = new Set(looksInside(the).flatMap(localPorts));
  const gateways = routers(the);
  const isUdp = transportOf(the.target) === 'udp';
  const looks6 = new Set(
    reachSeen(the.evidence)
      .filter(({ vantage, facts }) => vantage === 'outside' && facts.family === 'ipv6')
      .flatMap(localPorts),
  );
  for (const { id, facts } of onServer(the, 'arrivals')) {
    const isService = ({ port }: Row): boolean => port === the.target.port || port === internalPort;
    const isFromRouter = ({ from }: Row): boolean => gateways.includes(from);
    const four = facts.arrivals.filter(
      (row) => row.family === 'ipv4' && (isPublic(row.from) || isFromRouter(row)),
    );
    const ours = four.filter((row) =>
      row.sourcePorts.some(
        (port) => own.has(port) && !aside.has(port) && !(isFromRouter(row) && inside.has(port)),
      ),
    );
    const at = ours.find(isService) ?? ours[0];
    if (at !== undefined) {
      return {
        state: isService(at) ? 'at-service' : 'at-other-port',
        port: at.port,
        ...summed(ours.filter(({ port }) => port === at.port)),
        masqueraded: isFromRouter(at),
        evidence: id,
      };
    }
    const strange = four.filter((row) => !row.sourcePorts.some((port) => aside.has(port)));
    const there = strange.filter((row) => row.port === the.target.port && isPublic(row.from));
    // Anybody's packets show that the way is open, if no other port of the line leads here too. A datagram may as well
    // be the answer to one that this machine sent from the port: a router lets that in without a forward.
    if (there.length > 0 && aside.size === 0 && isAsideTold && !isUdp) {
      return {
        state: 'at-service',
        port: the.target.port,
        ...summed(there),
        masqueraded: false,
        evidence: id,
      };
    }
    const six = facts.arrivals.filter(
      ({ family, from, port, sourcePorts }) =>
        family === 'ipv6' &&
        port === the.target.port &&
        isPublic(from) &&
        (!isUdp || sourcePorts.some((each) => looks6.has(each))),
    );
    // The server's own looks at the line's address come back through the router, with the router's address; the ports of
    // those that only ask who is there aren't told. A router that changes ports would show as many more as there were tries.
    const unexplained = strange.flatMap((row) =>
      isFromRouter(row) ? row.sourcePorts.filter((port) => !inside.has(port)) : [null],
    );
    const isOurs = unexplained.every((port) => port !== null) && unexplained.length < Math.max(1, own.size);
    // Only a witness that saw the same look over IPv6 would have seen it over IPv4 too.
    if (looks.length > 0 && six.length > 0 && isOurs) {
      return { state: 'never', packets6: summed(six).packets, watchedMs: facts.watchedMs, evidence: id };
    }
  }
  return { state: 'unknown' };
}

const localPorts = ({ facts }: Reach): number[] => facts.attempts.flatMap(({ localPort }) => localPort ?? []);

/** Looks from outside at other ports of the line, and at ports opened for the look. */
const looksAside = (the: Case): Reach[] =>
  reachSeen(the.evidence).filter(
    ({ vantage, facts }) =>
      vantage === 'outside' && facts.family === 'ipv4' && facts.roles.includes('differential'),
  );

/** Looks from here at the line's own addresses: hairpin NAT leads them back. */
const looksInside = (the: Case): Reach[] => {
  const line = lineAddresses(the);
  return reachSeen(the.evidence).filter((item) => isHere(item) && line.includes(item.facts.address));
};

const summed = (items: readonly { from: string; packets: number }[]) => ({
  packets: items.reduce((sum, { packets }) => sum + packets, 0),
  from: [...new Set(items.map(({ from }) => from))],
});
