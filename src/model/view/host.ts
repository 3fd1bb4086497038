import { type Family, isPublic, scopeOf } from '../address.ts';
import type { DecidingRule, FirewallDecision, ListeningSocket } from '../facts/host.ts';
import { transportOf } from '../target.ts';
import type { Case } from './case.ts';
import { innerAddresses4, onServer, reasonOnServer, serverAddresses4 } from './home.ts';
import { clientAddresses } from './service.ts';

/** What listens on the service's port on the server. */
export interface Listening {
  /**
   * `loopback`: IPv4 only where packets from outside don't come to. `unclear`: the tool doesn't tell of v6only.
   * `unknown`: also where it is bound to an address of which nobody saw whether packets come to it.
   */
  readonly four: 'yes' | 'no' | 'loopback' | 'unclear' | 'unknown';
  readonly six: 'yes' | 'no' | 'unknown';
  readonly sockets: readonly ListeningSocket[];
  readonly bindv6only: boolean | null;
  readonly evidence: readonly string[];
}

export function listeningOf(the: Case): Listening {
  const [item] = onServer(the, 'listeners');
  if (item === undefined)
    return { four: 'unknown', six: 'unknown', sockets: [], bindv6only: null, evidence: [] };
  const { facts, id } = item;
  const sockets = facts.sockets.filter(
    (socket) => socket.protocol === transportOf(the.target) && socket.port === the.target.port,
  );
  const firewall = translated(the, 'ipv4');
  const four = firewall ? 'yes' : fourOf(the, sockets, facts.truncated);
  const six = sockets.some(({ family, address }) => family === 'ipv6' && address !== '::1')
    ? 'yes'
    : facts.truncated
      ? 'unknown'
      : 'no';
  return {
    four,
    six: translated(the, 'ipv6') ? 'yes' : six,
    sockets,
    bindv6only: facts.bindv6only,
    evidence: [id],
  };
}

/** A process has sockets of both families: the one that holds this one of IPv4. */
export const isAlsoOnIpv6 = ({ program }: ListeningSocket, sockets: readonly ListeningSocket[]): boolean =>
  program?.pid != null &&
  sockets.some((other) => other.family === 'ipv6' && other.program?.pid === program.pid);

/** Something on the server takes the service's packets at another port, or that can't be excluded. */
export const listensOn = (the: Case, port: number): boolean =>
  onServer(the, 'listeners').every(
    ({ facts }) =>
      facts.truncated ||
      facts.sockets.some((socket) => socket.protocol === transportOf(the.target) && socket.port === port),
  );

function fourOf(the: Case, sockets: readonly ListeningSocket[], truncated: boolean): Listening['four'] {
  const own = serverAddresses4(the).map(({ address }) => address);
  const four = sockets.filter(({ family }) => family === 'ipv4');
  if (four.some(({ address }) => address === null || own.includes(address))) return 'yes';
  const any = sockets.filter(({ family, address }) => family === 'ipv6' && address === null);
  if (any.some(({ v6only }) => v6only === false)) return 'yes';
  if (any.some(({ v6only }) => v6only === null)) return 'unclear';
  if (truncated || unplaced4(the, four).length > 0) return 'unknown';
  return four.length > 0 ? 'loopback' : 'no';
}

/** IPv4 addresses that sockets are bound to, and of which it wasn't seen whether packets from outside come to them. */
export function unplaced4(the: Case, sockets: readonly ListeningSocket[]): string[] {
  const placed = [...innerAddresses4(the), ...serverAddresses4(the).map(({ address }) => address)];
  return sockets.flatMap(({ family, address }) =>
    family === 'ipv4' && address !== null && scopeOf(address) !== 'loopback' && !placed.includes(address)
      ? [address]
      : [],
  );
}

/** The port is translated to a container before any socket of this machine sees it. */
const translated = (the: Case, family: Family): boolean =>
  decisions(the, family).some(({ translatedTo }) => translatedTo !== null);

const decisions = (the: Case, family: Family): FirewallDecision[] =>
  onServer(the, 'firewall')
    .flatMap(({ facts }) => facts.decisions)
    .filter((decision) => decision.family === family && decision.port === the.target.port);

/** What the server's firewall does with packets of the family from a source, over all addresses that matter. */
export interface FirewallState {
  /** `unread`: its rules could not be read; `unknown`: not asked there, or it can't be evaluated. */
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown' | 'unread';
  readonly decision: FirewallDecision | null;
  readonly by: DecidingRule | null;
  readonly evidence: readonly string[];
}

export function firewallOf(the: Case, family: Family, source: 'internet' | 'lan'): FirewallState {
  const [item] = onServer(the, 'firewall');
  if (item === undefined) {
    const why = reasonOnServer(the, 'firewall');
    return {
      verdict: why === null ? 'unknown' : 'unread',
      decision: null,
      by: null,
      evidence: why === null ? [] : [why.id],
    };
  }
  const all = decisions(the, family).filter((decision) => decision.source === source);
  const own =
    family === 'ipv4' ? serverAddresses4(the).map(({ address }) => address) : clientAddresses(the, family);
  const named = all.filter(({ destination }) => own.includes(destination));
  const relevant =
    named.length > 0 ? named : all.filter(({ destination }) => family === 'ipv4' || isPublic(destination));
  const worst = [...(relevant.length > 0 ? relevant : all)].sort(
    (one, other) => SEVERITY.indexOf(one.verdict) - SEVERITY.indexOf(other.verdict),
  )[0];
  return {
    verdict: worst?.verdict ?? 'unknown',
    decision: worst ?? null,
    by: worst?.by ?? null,
    evidence: [item.id],
  };
}

const SEVERITY: readonly FirewallDecision['verdict'][] = ['drop', 'reject', 'unknown', 'accept'];

/** By which way the server's replies over IPv4 leave. */
export type Replies4 =
  | { readonly state: 'same-way' | 'unknown'; readonly evidence: readonly string[] }
  | { readonly state: 'no-route'; readonly from: string | null; readonly evidence: readonly string[] }
  | {
      readonly state: 'elsewhere';
      readonly leavesBy: string;
      readonly arrivesBy: string;
      readonly tunnel: boolean;
      readonly evidence: readonly string[];
    };

export function replies4(the: Case): Replies4 {
  const own = serverAddresses4(the).map(({ address }) => address);
  for (const { id, facts } of onServer(the, 'routes')) {
    const replies = facts.replies.filter(({ family, from }) => family === 'ipv4' && own.includes(from));
    // One address whose replies go back the way they came is enough: the forward may lead to it.
    if (replies.some(({ arrivesBy, leavesBy }) => leavesBy === arrivesBy)) {
      return { state: 'same-way', evidence: [id] };
    }
    const other = replies.find(({ leavesBy }) => leavesBy !== null);
    if (other?.leavesBy != null) {
      const tunnel = facts.interfaces.some(({ name, tunnel: is }) => name === other.leavesBy && is);
      return {
        state: 'elsewhere',
        leavesBy: other.leavesBy,
        arrivesBy: other.arrivesBy,
        tunnel,
        evidence: [id],
      };
    }
    if (replies.length > 0) return { state: 'no-route', from: replies[0]?.from ?? null, evidence: [id] };
  }
  return { state: 'unknown', evidence: [] };
}
