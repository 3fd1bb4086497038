import { type Seen, seen } from '../evidence.ts';
import { transportOf } from '../target.ts';
import { observerOf } from './at-home.ts';
import type { Case } from './case.ts';
import { lineAddresses } from './line.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { reachability } from './reachability.ts';
import { type AddressState, clientAddresses, control, reaches, stateOf } from './service.ts';

/** What a client outside gets over IPv4 at the line's own address. */
export interface Look {
  readonly state: AddressState;
  readonly item: Reach;
}

/** Looks from outside at the line's own IPv4 addresses, at the service's port. */
export function looksAtLine(the: Case): Look[] {
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
  'silent',
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

/** Where packets from outside for one port of the line stop. */
export interface Stop {
  readonly reachesRouter: boolean;
  readonly lastHop: string | null;
  readonly evidence: string;
}

/**
 * The way of packets from outside, of the service's own transport, to a port of the line, of several places the one that they
 * got furthest on. The router shows as a hop that has the line's own address only if it passes the packet on: what it answers
 * itself is the end of the trace, as is a reset in its name.
 */
export function wayIn(the: Case, port: number): Stop | null {
  const ways = waysIn(the, port);
  return ways.find(({ reachesRouter }) => reachesRouter) ?? ways[0] ?? null;
}

/**
 * Packets for one port stop before the router, and those for another pass it, both as one place sees it: ways from two places
 * tell nothing of each other. Null too where the first get to the router from anywhere.
 */
export function stopsEarlier(the: Case, port: number, otherPort: number): { own: Stop; other: Stop } | null {
  if (wayIn(the, port)?.reachesRouter !== false) return null;
  const other = waysIn(the, otherPort).find(({ reachesRouter }) => reachesRouter);
  const own = waysIn(the, port).find(({ observer }) => observer === other?.observer);
  return own === undefined || other === undefined ? null : { own, other };
}

/** The same as each place sees it. */
function waysIn(the: Case, port: number): (Stop & { readonly observer: string })[] {
  const line = lineAddresses(the);
  return seen(the.evidence, 'trace')
    .filter(
      ({ vantage, facts }) =>
        vantage === 'outside' &&
        facts.method === transportOf(the.target) &&
        facts.port === port &&
        line.includes(facts.address),
    )
    .map((item) => ({ ...stopOf(item), observer: observerOf(item.id) }));
}

function stopOf({ id, facts: { hops, address } }: Seen<'trace'>): Stop {
  const ends = hops.findLastIndex((hop) => hop.address !== null);
  const isEnd = ends === hops.length - 1 && hops[ends]?.address === address;
  const passed = hops.slice(0, isEnd ? ends : undefined);
  const others = hops.filter((hop) => hop.address !== null && hop.address !== address);
  return {
    reachesRouter: passed.some((hop) => hop.address === address && (hop.note === null || hop.note === '')),
    lastHop: others.at(-1)?.address ?? null,
    evidence: id,
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
  return reachSeen(the.evidence)
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
  const item = reachSeen(the.evidence).find(
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
