import { type Family, scopeOf } from '../../model/address.ts';
import type { FirewallDecision } from '../../model/facts/host.ts';
import { type Outcomes, passHook, type Traveller } from './hooks.ts';
import { destinationsOf, interfaceTowards, isOwn, type Network } from './own.ts';
import type { Anyone, Packet, State, Tri } from './packet.ts';
import { addressNumber, addressText } from './ranges.ts';
import type { Hook, Table } from './ruleset.ts';
import { deciding } from './software.ts';
import { someNeighbour, someoneOnTheInternet, somePort } from './strangers.ts';
import { type Decider, stateKey } from './walk.ts';

/** What is needed besides the rules. */
export interface Surroundings {
  readonly tables: readonly Table[];
  readonly network: Network;
  /** Why part of the rules couldn't be read: what isn't stopped by the others is unknown. */
  readonly unread: Readonly<Record<Family, string | null>>;
  /** Where packets for an address that isn't on a network of this machine leave; null where it isn't known. */
  readonly routes: ReadonlyMap<string, string>;
  /** Whether packets are passed on at all. */
  readonly forwards: Readonly<Record<Family, boolean | null>>;
}

/** Judges the port for each family and source, and each of at most two own addresses. */
export function decide(port: number, around: Surroundings): FirewallDecision[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    destinationsOf(around.network, family).flatMap((own) => {
      const at = { family, destination: own.address, port, iif: own.interface };
      const neighbour = someNeighbour(own.address, own.prefixLength);
      const isDefault = around.network.defaults[family] === own.interface;
      return [
        decideFor(
          {
            ...at,
            source: 'internet',
            who: someoneOnTheInternet[family],
            reverseRoute: isDefault ? 'yes' : 'unknown',
          },
          around,
        ),
        ...(neighbour === null
          ? []
          : [decideFor({ ...at, source: 'lan', who: neighbour, reverseRoute: 'yes' }, around)]),
      ];
    }),
  );
}

interface Question {
  readonly family: Family;
  readonly source: 'internet' | 'lan';
  readonly destination: string;
  readonly port: number;
  readonly iif: string;
  readonly who: Anyone;
  readonly reverseRoute: Tri;
}

type Path = FirewallDecision['path'];

/** What can come of a packet, as far as it has been followed. */
interface Found {
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  readonly by: Decider | null;
  readonly path: Path;
  readonly translatedTo: FirewallDecision['translatedTo'];
  readonly because: string | null;
}

function decideFor(question: Question, around: Surroundings): FirewallDecision {
  const { family, source, destination, port } = question;
  const found = follow(question, around);
  const undecided = found.find(({ because }) => because !== null)?.because ?? null;
  // Where several rules may decide, and all say the same, the last is the one that certainly matches.
  const last = found.at(-1) ?? nothing;
  const agree = found.every(({ verdict }) => verdict === last.verdict);
  const unread = around.unread[family];
  const verdict = !agree
    ? 'unknown'
    : last.verdict === 'accept' && unread !== null
      ? 'unknown'
      : last.verdict;
  const isKnown = verdict !== 'unknown';
  return {
    family,
    source,
    destination,
    port,
    verdict,
    path: last.path,
    by: isKnown && last.by !== null ? deciding(last.by) : null,
    translatedTo: last.translatedTo,
    unknownBecause: isKnown
      ? null
      : (undecided ?? unread ?? last.because ?? 'the rules can end in more than one way'),
  };
}

const nothing: Found = {
  verdict: 'unknown',
  by: null,
  path: 'input',
  translatedTo: null,
  because: 'no way through the rules was found',
};

/** From the wire to the program or the container, and the answer back. */
function follow(question: Question, around: Surroundings): readonly Found[] {
  const { family, destination, port, iif, who, reverseRoute } = question;
  const daddr = addressNumber(destination)?.value ?? 0n;
  const packet: Packet = {
    family,
    saddr: who,
    sport: somePort,
    kind: 'syn',
    iif,
    oif: null,
    original: { daddr, dport: BigInt(port) },
    saddrType: 'unicast',
    daddrType: 'local',
    reverseRoute,
  };
  const start: State = {
    daddr,
    dport: BigInt(port),
    mark: 0n,
    ctMark: 0n,
    translated: false,
    tracked: true,
  };
  const arrived = passHooks(['ingress', 'prerouting'], packet, [{ state: start, by: null }], around);
  return [
    ...stoppedIn(arrived, 'input', null),
    ...arrived.through.flatMap((traveller) => onward(traveller, packet, question, around)),
  ];
}

/** After routing: to a program of this machine, or on to a container. */
function onward(
  traveller: Traveller,
  packet: Packet,
  question: Question,
  around: Surroundings,
): readonly Found[] {
  const { family } = question;
  const { daddr, dport } = traveller.state;
  if (typeof daddr !== 'bigint' || typeof dport !== 'bigint') return [nothing];
  const { translated } = traveller.state;
  const translatedTo = translated ? { address: addressText(daddr, family), port: Number(dport) } : null;
  const isLocal = isOwn(around.network, daddr, family);
  if (translated && isLoopback(daddr, family)) {
    const because = 'translated to a loopback address, which needs route_localnet';
    return [{ verdict: 'unknown', by: null, path: 'input', translatedTo, because }];
  }
  const path = isLocal ? 'input' : 'forward';
  if (!isLocal && around.forwards[family] === false) {
    const because = 'packets are not forwarded: the kernel’s ip_forward is 0';
    return [{ verdict: 'unknown', by: null, path, translatedTo, because }];
  }
  const oif = isLocal
    ? null
    : (interfaceTowards(around.network, daddr, family) ??
      around.routes.get(addressText(daddr, family)) ??
      null);
  const inward: Packet = { ...packet, oif, daddrType: isLocal ? 'local' : 'unicast' };
  const hooks: readonly Hook[] = isLocal ? ['input'] : ['forward', 'postrouting', 'egress'];
  const went = passHooks(hooks, inward, [traveller], around);
  return [
    ...stoppedIn(went, path, translatedTo),
    ...went.through.flatMap((each) => back(each, inward, { question, around, path, translatedTo })),
  ];
}

const isLoopback = (address: bigint, family: Family): boolean =>
  scopeOf(addressText(address, family)) === 'loopback';

interface Way {
  readonly question: Question;
  readonly around: Surroundings;
  readonly path: Path;
  readonly translatedTo: FirewallDecision['translatedTo'];
}

/** The SYN-ACK that answers. */
function back(
  { state, by }: Traveller,
  packet: Packet,
  { question, around, path, translatedTo }: Way,
): readonly Found[] {
  const isLocal = path === 'input';
  const reply: Packet = {
    ...packet,
    saddr: state.daddr,
    sport: state.dport,
    kind: 'syn-ack',
    iif: isLocal ? null : packet.oif,
    oif: question.iif,
    saddrType: isLocal ? 'local' : 'unicast',
    daddrType: 'unicast',
    reverseRoute: 'yes',
  };
  const start: State = { ...state, daddr: question.who, dport: somePort, mark: 0n };
  const hooks: readonly Hook[] = isLocal
    ? ['output', 'postrouting', 'egress']
    : ['ingress', 'prerouting', 'forward', 'postrouting', 'egress'];
  const went = passHooks(hooks, reply, [{ state: start, by: null }], around);
  // An answer that is let out says nothing new: what let the question in decides.
  const out =
    went.through.length === 0 ? [] : [{ verdict: 'accept' as const, by, path, translatedTo, because: null }];
  return [...out, ...stoppedIn(went, isLocal ? 'output' : 'forward', translatedTo)].map((each) => ({
    ...each,
    because: each.because ?? went.undecided[0] ?? null,
  }));
}

function stoppedIn(
  { stopped, undecided }: Outcomes,
  path: Path,
  translatedTo: Found['translatedTo'],
): readonly Found[] {
  return stopped.map(({ kind, by }) => ({
    verdict: kind,
    by,
    path,
    translatedTo,
    because: undecided[0] ?? null,
  }));
}

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
