import { type Family, scopeOf } from '../../model/address.ts';
import type { FirewallDecision } from '../../model/facts/host.ts';
import { type Outcomes, passHook, type Traveller } from './hooks.ts';
import { interfaceTowards, isOwn, type Network } from './own.ts';
import { addressNumber, addressText } from './ranges.ts';
import type { Hook, Table } from './ruleset.ts';
import type { Anyone, Packet, State, Tri } from './segment.ts';
import { somePort } from './strangers.ts';
import { type Decider, stateKey } from './walk.ts';

/** What is needed besides the question. */
export interface Surroundings {
  readonly tables: readonly Table[];
  readonly network: Network;
  /** Where packets for an address that isn't on a network of this machine leave. */
  readonly routes: ReadonlyMap<string, string>;
  /** Whether packets are passed on at all; null where it isn't known. */
  readonly forwards: Readonly<Record<Family, boolean | null>>;
}

export interface Question {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  readonly source: FirewallDecision['source'];
  readonly destination: string;
  readonly port: number;
  readonly iif: string;
  readonly who: Anyone;
  readonly reverseRoute: Tri;
}

/** One thing that can come of a connection. */
export interface Found {
  readonly verdict: FirewallDecision['verdict'];
  readonly by: Decider | null;
  readonly path: FirewallDecision['path'];
  readonly translatedTo: FirewallDecision['translatedTo'];
  readonly because: string | null;
}

/** Where routing sends a packet: to a program of this machine, or on to a container. */
interface Route extends Pick<Found, 'path' | 'translatedTo'> {
  readonly isLocal: boolean;
  readonly oif: string | null;
}

export const nothing: Found = {
  verdict: 'unknown',
  by: null,
  path: 'input',
  translatedTo: null,
  because: 'no way through the rules was found',
};

const BEFORE_ROUTING: readonly Hook[] = ['ingress', 'prerouting'];
const FORWARDED: readonly Hook[] = ['forward', 'postrouting', 'egress'];
const SENT: readonly Hook[] = ['output', 'postrouting', 'egress'];

/** Follows the first packet of a connection, or of an exchange over UDP, through all hooks, then its answer, and then what both sides send once it is open. */
export function follow(question: Question, around: Surroundings): readonly Found[] {
  const { family, protocol, destination, port, iif, who, reverseRoute } = question;
  const daddr = addressNumber(destination)?.value ?? 0n;
  const packet: Packet = {
    family,
    protocol,
    saddr: who,
    sport: somePort,
    kind: 'syn',
    iif,
    oif: null,
    original: { daddr, dport: BigInt(port) },
    saddrType: 'unicast',
    daddrType: 'local',
    reverseRoute,
    untrackedBefore: false,
  };
  const start: State = {
    daddr,
    dport: BigInt(port),
    mark: 0n,
    ctMark: 0n,
    translated: false,
    tracked: true,
  };
  const arrived = passHooks(BEFORE_ROUTING, packet, [{ state: start, by: null }], around);
  return [
    ...stoppedIn(arrived, 'input', null),
    ...arrived.through.flatMap((traveller) => routed(traveller, packet, question, around)),
  ];
}

function routed(
  traveller: Traveller,
  packet: Packet,
  question: Question,
  around: Surroundings,
): readonly Found[] {
  const route = routeOf(traveller.state, question.family, around);
  if ('because' in route) return [route];
  const { path, translatedTo, isLocal, oif } = route;
  const onward: Packet = { ...packet, oif, daddrType: isLocal ? 'local' : 'unicast' };
  const went = passHooks(isLocal ? ['input'] : FORWARDED, onward, [traveller], around);
  return [
    ...stoppedIn(went, path, translatedTo),
    ...went.through.flatMap((each) => answered(each, onward, { question, around, route })),
  ];
}

function routeOf(state: State, family: Family, around: Surroundings): Route | Found {
  const { daddr, dport, translated } = state;
  if (typeof daddr !== 'bigint' || typeof dport !== 'bigint') return nothing;
  const address = addressText(daddr, family);
  const translatedTo = translated ? { address, port: Number(dport) } : null;
  if (translated && scopeOf(address) === 'loopback') {
    return {
      ...nothing,
      translatedTo,
      because: 'translated to a loopback address, which needs route_localnet',
    };
  }
  if (isOwn(around.network, daddr, family)) return { path: 'input', translatedTo, isLocal: true, oif: null };
  if (around.forwards[family] === false) {
    return {
      ...nothing,
      path: 'forward',
      translatedTo,
      because: 'this machine forwards no packets (ip_forward)',
    };
  }
  const oif = interfaceTowards(around.network, daddr, family) ?? around.routes.get(address) ?? null;
  return { path: 'forward', translatedTo, isLocal: false, oif };
}

interface Way {
  readonly question: Question;
  readonly around: Surroundings;
  readonly route: Route;
}

/** What is sent after the SYN: it is let in, but a connection needs more than that. */
function answered({ state, by }: Traveller, syn: Packet, way: Way): readonly Found[] {
  const { question, around, route } = way;
  const { isLocal, path, translatedTo } = route;
  const untrackedBefore = !state.tracked;
  const inward: State = { ...state, mark: 0n, tracked: true };
  const outward: State = { ...inward, daddr: question.who, dport: somePort };
  const answer: Packet = {
    ...syn,
    saddr: state.daddr,
    sport: state.dport,
    kind: 'syn-ack',
    iif: isLocal ? null : route.oif,
    oif: question.iif,
    saddrType: isLocal ? 'local' : 'unicast',
    daddrType: 'unicast',
    reverseRoute: 'yes',
    untrackedBefore,
  };
  const backHooks = isLocal ? SENT : [...BEFORE_ROUTING, ...FORWARDED];
  const onHooks: readonly Hook[] = [...BEFORE_ROUTING, ...(isLocal ? (['input'] as const) : FORWARDED)];
  const backPath = isLocal ? 'output' : 'forward';
  const legs = [
    { packet: answer, hooks: backHooks, state: outward, path: backPath },
    { packet: { ...syn, kind: 'ack', untrackedBefore }, hooks: onHooks, state: inward, path },
    { packet: { ...answer, kind: 'ack-back' }, hooks: backHooks, state: outward, path: backPath },
  ] as const;
  const stopped: Found[] = [];
  const undecided: string[] = [];
  for (const leg of legs) {
    const went = passHooks(leg.hooks, leg.packet, [{ state: leg.state, by: null }], around);
    stopped.push(...stoppedIn(went, leg.path, translatedTo));
    undecided.push(...went.undecided);
    if (went.through.length === 0) return stopped;
  }
  // What lets the answers through says nothing new: what let the question in decides.
  const open: Found = { verdict: 'accept', by, path, translatedTo, because: undecided[0] ?? null };
  return [...stopped, open];
}

const stoppedIn = (
  { stopped, undecided }: Outcomes,
  path: Found['path'],
  translatedTo: Found['translatedTo'],
): readonly Found[] =>
  stopped.map(({ kind, by }) => ({ verdict: kind, by, path, translatedTo, because: undecided[0] ?? null }));

function passHooks(
  hooks: readonly Hook[],
  packet: Packet,
  start: readonly Traveller[],
  { tables }: Surroundings,
): Outcomes {
  const stopped: Outcomes['stopped'][number][] = [];
  const undecided: string[] = [];
  let through = start;
  for (const hook of hooks) {
    const passed = passHook(hook, tables, packet, through);
    stopped.push(...passed.stopped);
    undecided.push(...passed.undecided);
    through = [...new Map(passed.through.map((each) => [stateKey(each.state), each])).values()];
  }
  return { through, stopped, undecided };
}
