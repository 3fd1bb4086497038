import type { CauseCode } from '../model/cause-code.ts';
import type { Finding } from '../model/finding.ts';
import { type Arrival, arrival4 } from '../model/view/arrival.ts';
import type { Case } from '../model/view/case.ts';
import { type Forward, forwardOf, toldRouterFirewall } from '../model/view/forward.ts';
import { sawServer, serverAddresses4 } from '../model/view/home.ts';
import {
  type FirewallState,
  firewallOf,
  type Listening,
  listeningOf,
  type Replies4,
  replies4,
} from '../model/view/host.ts';
import { isBehindNat, type Line, lineOf } from '../model/view/line.ts';
import { once } from '../model/view/once.ts';
import { answersSomewhere, bestLook, type Look, otherPorts, stopsEarlier, wayIn } from '../model/view/way.ts';
import type { Opinion } from './cause.ts';
import { lost, silence } from './silence.ts';

/** What every layer between a client and the program was seen to do over IPv4: what each cause needs to weigh the others. */
export interface Sight {
  readonly line: Line;
  readonly look: Look | null;
  /** From outside nothing, or another service, answers at the line's own address. */
  readonly fails: boolean;
  readonly works: ReturnType<typeof answersSomewhere>;
  readonly arrival: Arrival;
  readonly forward: Forward;
  readonly firewall: FirewallState;
  readonly listening: Listening;
  readonly replies: Replies4;
  /** Something was seen on the server itself. */
  readonly atServer: boolean;
  readonly serverAddresses: string[];
  /** The service's port. */
  readonly port: number;
}

export const sightOf = once((the): Sight => {
  const forward = forwardOf(the);
  const arrival = arrival4(the, forward.state === 'right' ? forward.port : undefined);
  const look = lost(bestLook(the), arrival);
  // Who comes with the router's address is a neighbour to the server's firewall.
  const source = 'masqueraded' in arrival && arrival.masqueraded ? 'lan' : 'internet';
  return {
    line: lineOf(the),
    look,
    fails: look !== null && (look.state === 'dead' || look.state === 'other-service'),
    works: answersSomewhere(the),
    arrival,
    forward,
    firewall: firewallOf(the, 'ipv4', source),
    listening: listeningOf(the),
    replies: replies4(the),
    atServer: sawServer(the),
    serverAddresses: serverAddresses4(the).map(({ address }) => address),
    port: the.target.port,
  };
});

/** Layers of the server that were seen to stop IPv4. */
function innerFaults({ firewall, listening }: Sight): CauseCode[] {
  return [
    ...(firewall.verdict === 'drop' || firewall.verdict === 'reject' ? (['host-firewall'] as const) : []),
    ...(isSixOnly(listening) ? (['ipv6-only-listener'] as const) : []),
  ];
}

/** The program takes IPv6, and IPv4 not at all or from this machine only. */
const isSixOnly = ({ four, six }: Listening): boolean =>
  four === 'loopback' || (four === 'no' && six === 'yes');

/** Nothing takes the service's port on either family. */
export const nothingListens = ({ four, six }: Listening): boolean => four === 'no' && six === 'no';

/** The layer further out that is known to stop IPv4 before it comes to this one; null where none is. */
export function hiddenBy(the: Case, sight: Sight, layer: CauseCode): CauseCode | null {
  const at = OUTWARDS.indexOf(layer);
  const out = at === -1 ? OUTWARDS : OUTWARDS.slice(0, at);
  return out.find((code) => isCertain(the, sight, code)) ?? null;
}

/** From the internet inwards. */
const OUTWARDS: readonly CauseCode[] = ['cgnat', 'isp-block', 'port-forward'];

function isCertain(the: Case, sight: Sight, code: CauseCode): boolean {
  // A second router that passes the port on doesn't stop it.
  if (code === 'cgnat') return lacksAddress(sight) && wayIn(the, the.target.port)?.reachesRouter !== true;
  if (code === 'isp-block') return sight.fails && ispBlocks(the, sight) !== null;
  return forwardIsWrong(sight) || routerBlocks(the, sight);
}

/** No packet from outside can be for this line at this port. */
export const lacksAddress = ({ line, works, arrival }: Sight): boolean =>
  works === null &&
  arrival.state !== 'at-service' &&
  (isBehindNat(line) || (line.kind === 'port-set' && !line.inside));

export const forwardIsWrong = ({ forward, works, arrival }: Sight): boolean =>
  works === null &&
  arrival.state !== 'at-service' &&
  ['wrong-host', 'wrong-port', 'disabled', 'told-none'].includes(forward.state);

/** The line has a public address, and what comes to it comes to the router. */
export const hasAddress = ({ line }: Sight): boolean =>
  line.kind === 'public' || line.kind === 'no-nat' || (line.kind === 'port-set' && line.inside);

/** Behind a right mapping and in spite of it, the router doesn't deliver. */
export function routerBlocks(the: Case, sight: Sight): boolean {
  const { works, fails, arrival } = sight;
  if (works !== null || arrival.state === 'at-service') return false;
  if (toldRouterFirewall(the)?.says === 'blocks') return true;
  const way = wayIn(the, the.target.port);
  return (
    fails &&
    sight.look?.state === 'dead' &&
    arrival.state === 'never' &&
    way?.reachesRouter === true &&
    hasAddress(sight)
  );
}

/**
 * What shows that the provider, and not the router, stops packets for this port; null where nothing does. A router may
 * drop them before it counts them as a hop: without a word on its firewall the two look alike from every side.
 */
export function ispBlocks(the: Case, sight: Sight): Opinion | null {
  const { forward, arrival, works, line } = sight;
  if (works !== null || arrival.state === 'at-service' || arrival.state === 'at-other-port') return null;
  if (sight.look?.state !== 'dead' || !hasAddress(sight)) return null;
  if (line.kind !== 'no-nat' && forward.state !== 'right') return null;
  const { port } = sight.look.item.facts;
  if (wayIn(the, port)?.reachesRouter === true) return null;
  const told = toldRouterFirewall(the);
  if (told?.says !== 'open') return null;
  const other = differential(the, sight);
  if (other === null && arrival.state !== 'never' && !isHostClear(sight)) return null;
  return {
    verdict: 'confirmed',
    because: [...(other?.because ?? []), { code: 'router-firewall-open', args: { port } }],
    evidence: [...(other?.evidence ?? []), told.evidence],
    next: null,
  };
}

/** What the server itself does with IPv4 is known, and lets it through. */
const isHostClear = ({ firewall, listening, replies }: Sight): boolean =>
  firewall.verdict === 'accept' && listening.four === 'yes' && replies.state === 'same-way';

/**
 * Another port of the line leads to the same service and answers by way of the router, while packets for the service's own
 * port stop before it: nothing on the server explains that.
 */
export function differential(the: Case, { look }: Sight): { because: Finding[]; evidence: string[] } | null {
  if (look?.state !== 'dead') return null;
  const { address, port } = look.item.facts;
  const open = otherPorts(the).find((other) => other.answers);
  const otherPort = open?.port ?? port;
  const ways = stopsEarlier(the, port, otherPort);
  if (open === undefined || ways === null) return null;
  return {
    because: [
      { code: 'other-port-answers', args: { address, port, otherPort } },
      { code: 'stops-before-router', args: { port, lastHop: ways.own.lastHop, otherPort } },
      { code: 'alternate-port', args: { port: otherPort } },
    ],
    evidence: [open.evidence, ways.own.evidence, ways.other.evidence],
  };
}

/** Nobody looked from outside; who is there himself had no address to look at. */
export const notSeen = ({ vantage }: Case): Finding[] =>
  vantage === 'outside' ? [] : [{ code: 'not-seen-outside', args: {} }];

/** What was seen of the look from outside, as findings with the evidence they rest on. */
export function lookFindings({ look, arrival }: Sight): { because: Finding[]; evidence: string[] } {
  const because: Finding[] = [];
  const evidence: string[] = [];
  if (look !== null) {
    const { address, port, attempts } = look.item.facts;
    const outcome = attempts.find((attempt) => attempt.outcome !== 'connected')?.outcome ?? 'connected';
    if (look.state === 'dead')
      because.push({ code: 'fails-outside', args: { address, port, tries: attempts.length, outcome } });
    if (look.state === 'silent') because.push(...silence(look.item));
    if (look.state === 'other-service') {
      because.push({ code: 'other-service-answers', args: { address, port, vantage: look.item.vantage } });
    }
    evidence.push(look.item.id);
  }
  if (arrival.state === 'never') {
    const { packets6, watchedMs } = arrival;
    const port = look?.item.facts.port ?? 1;
    because.push({ code: 'never-arrives', args: { port, packets6, watchedMs } });
    evidence.push(arrival.evidence);
  }
  return { because, evidence };
}

/** The service answers at the line's address: no layer on the way stops IPv4. */
export const cleared = (the: Case, { works }: Sight): Opinion | null =>
  works === null
    ? null
    : {
        verdict: 'ruled-out',
        because: [{ code: 'answers-outside', args: { address: works.facts.address, port: the.target.port } }],
        evidence: [works.id],
        next: null,
      };

/** Packets from outside reach this machine: every layer before it lets them through. */
export function arrives({ arrival }: Sight): Opinion | null {
  if (arrival.state !== 'at-service') return null;
  const { port, packets, from, evidence } = arrival;
  return {
    verdict: 'ruled-out',
    because: [{ code: 'arrives', args: { family: 'ipv4', port, packets, from } }],
    evidence: [evidence],
    next: null,
  };
}

/** What keeps a layer further out from being the only explanation; null where it may well be one. */
export function explained(sight: Sight): Opinion | null {
  const { arrival, replies, listening } = sight;
  if (arrival.state === 'never') return null;
  const faults = innerFaults(sight);
  const conditions: Finding[] = [];
  if (replies.state === 'no-route') conditions.push({ code: 'no-ipv4-route', args: { from: replies.from } });
  if (replies.state === 'elsewhere') {
    const { leavesBy, arrivesBy, tunnel } = replies;
    conditions.push({ code: 'replies-leave-by', args: { interface: leavesBy, arrivesBy, tunnel } });
  }
  if (nothingListens(listening) && sight.look !== null) {
    conditions.push({ code: 'nothing-listens', args: { port: sight.look.item.facts.port } });
  }
  if (faults.length === 0 && conditions.length === 0) return null;
  return {
    verdict: 'unknown',
    because: [
      ...(faults.length > 0 ? [{ code: 'explained-by', args: { causes: faults } } as const] : []),
      ...conditions,
    ],
    evidence: [...listening.evidence, ...replies.evidence],
    next: null,
  };
}
