import { type Seen, seen } from '../evidence.ts';
import type { Case } from './case.ts';
import { onServer } from './home.ts';
import { lineAddresses } from './line.ts';
import { reachability } from './reachability.ts';
import { type AddressState, clientAddresses, control, reaches, stateOf } from './service.ts';

type Reach = Seen<'reach'>;

/** What a client outside gets over IPv4 at the line's own address. */
export interface Look {
  readonly state: AddressState;
  readonly item: Reach;
}

/** Looks from outside at the line's own IPv4 addresses, at the service's port. */
function looksAtLine(the: Case): Look[] {
  const known = control(the);
  const own = lineAddresses(the);
  // Where nobody knows the line's address, the name's is what clients use.
  const line = own.length > 0 ? own : clientAddresses(the, 'ipv4');
  return reaches(the, 'ipv4')
    .filter(({ vantage, facts }) => vantage === 'outside' && line.includes(facts.address))
    .map((item) => ({ item, state: stateOf(the, item, known) }));
}

/** Best first: where one address of the line works, the line works. */
const RANK: readonly AddressState[] = [
  'answers',
  'flaky',
  'unrecognised',
  'other-service',
  'dead',
  'not-tried',
];

/** The look that tells most; null where nobody looked from outside. */
export function bestLook(the: Case): Look | null {
  const looks = looksAtLine(the).filter(({ state }) => state !== 'not-tried');
  return looks.toSorted((one, other) => RANK.indexOf(one.state) - RANK.indexOf(other.state))[0] ?? null;
}

/** Where the service was seen to answer clients over IPv4: at the line's address, or at an edge before it. */
export function answersSomewhere(the: Case): Reach | null {
  const known = control(the);
  const answering = reaches(the, 'ipv4').filter((item) => stateOf(the, item, known) === 'answers');
  const line = looksAtLine(the).find(({ state }) => state === 'answers');
  if (line !== undefined) return line.item;
  if (reachability(the, 'ipv4') !== 'yes') return null;
  const named = clientAddresses(the, 'ipv4');
  return answering.find(({ facts }) => named.includes(facts.address)) ?? null;
}

/** What the witness on the server saw of the looks from outside. */
export type Arrival =
  | {
      readonly state: 'at-service' | 'at-other-port';
      readonly port: number;
      readonly packets: number;
      readonly from: string[];
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
  const looks = looksAtLine(the);
  const own = new Set(looks.flatMap(({ item }) => localPorts(item)));
  const aside = new Set(looksAside(the).flatMap(localPorts));
  for (const { id, facts } of onServer(the, 'arrivals')) {
    const four = facts.arrivals.filter(({ family }) => family === 'ipv4');
    const ours = four.filter(({ sourcePorts }) =>
      sourcePorts.some((port) => own.has(port) && !aside.has(port)),
    );
    const at = ours.find(({ port }) => port === the.target.port || port === internalPort) ?? ours[0];
    if (at !== undefined) {
      const state = at.port === the.target.port || at.port === internalPort ? 'at-service' : 'at-other-port';
      return { state, port: at.port, ...summed(ours.filter(({ port }) => port === at.port)), evidence: id };
    }
    const strange = four.filter(({ sourcePorts }) => !sourcePorts.some((port) => aside.has(port)));
    const there = strange.filter(({ port }) => port === the.target.port);
    // Anybody's packets show that the way is open, if no other port of the line leads here too.
    if (there.length > 0 && aside.size === 0) {
      return { state: 'at-service', port: the.target.port, ...summed(there), evidence: id };
    }
    const six = facts.arrivals.filter(({ family, port }) => family === 'ipv6' && port === the.target.port);
    // Only a witness that saw the same look over IPv6 would have seen it over IPv4 too.
    if (looks.length > 0 && six.length > 0 && strange.length === 0) {
      return { state: 'never', packets6: summed(six).packets, watchedMs: facts.watchedMs, evidence: id };
    }
  }
  return { state: 'unknown' };
}

const localPorts = ({ facts }: Reach): number[] => facts.attempts.flatMap(({ localPort }) => localPort ?? []);

/** Looks from outside at other ports of the line, and at ports opened for the look. */
const looksAside = (the: Case): Reach[] =>
  seen(the.evidence, 'reach').filter(
    ({ vantage, facts }) =>
      vantage === 'outside' && facts.family === 'ipv4' && facts.roles.includes('differential'),
  );

const summed = (items: readonly { from: string; packets: number }[]) => ({
  packets: items.reduce((sum, { packets }) => sum + packets, 0),
  from: [...new Set(items.map(({ from }) => from))],
});

/** Where packets from outside for one port of the line stop. */
export interface Stop {
  readonly reachesRouter: boolean;
  readonly lastHop: string | null;
  readonly evidence: string;
}

/**
 * The way of TCP packets from outside to a port of the line. The router shows as a hop that has the line's own address
 * only if it passes the packet on: what it answers itself is the end of the trace, as is a reset in its name.
 */
export function wayIn(the: Case, port: number): Stop | null {
  const line = lineAddresses(the);
  const item = seen(the.evidence, 'trace').find(
    ({ vantage, facts }) =>
      vantage === 'outside' && facts.method === 'tcp' && facts.port === port && line.includes(facts.address),
  );
  if (item === undefined) return null;
  const { hops, address } = item.facts;
  const ends = hops.findLastIndex((hop) => hop.address !== null);
  const isEnd = ends === hops.length - 1 && hops[ends]?.address === address;
  const passed = hops.slice(0, isEnd ? ends : undefined);
  const others = hops.filter((hop) => hop.address !== null && hop.address !== address);
  return {
    reachesRouter: passed.some((hop) => hop.address === address && (hop.note === null || hop.note === '')),
    lastHop: others.at(-1)?.address ?? null,
    evidence: item.id,
  };
}

/** Another port of the line that leads to the same service, as seen from outside. */
export interface OtherPort {
  readonly port: number;
  readonly address: string;
  readonly answers: boolean;
  readonly evidence: string;
}

export function otherPorts(the: Case): OtherPort[] {
  const known = control(the);
  const line = lineAddresses(the);
  return seen(the.evidence, 'reach')
    .filter(
      ({ vantage, facts }) =>
        vantage === 'outside' &&
        facts.roles.includes('differential') &&
        facts.port !== the.target.port &&
        facts.family === 'ipv4' &&
        line.includes(facts.address),
    )
    .map((item) => ({
      port: item.facts.port,
      address: item.facts.address,
      answers: stateOf(the, item, known) === 'answers',
      evidence: item.id,
    }));
}

/** What was seen at the service's own port while a mapping was open that was made for the look. */
export function trialLook(
  the: Case,
): { state: AddressState; port: number; address: string; evidence: string[] } | null {
  const trial = seen(the.evidence, 'mapping-trial').find(({ facts }) => facts.opened);
  if (trial === undefined) return null;
  const known = control(the);
  const item = seen(the.evidence, 'reach').find(
    ({ vantage, facts }) =>
      vantage === 'outside' &&
      facts.roles.includes('differential') &&
      facts.port === trial.facts.externalPort &&
      facts.family === 'ipv4',
  );
  if (item === undefined) return null;
  return {
    state: stateOf(the, item, known),
    port: trial.facts.externalPort,
    address: item.facts.address,
    evidence: [trial.id, item.id],
  };
}
