import { isPublic, scopeOf } from '../address.ts';
import type { WanSource } from '../findings/line.ts';
import { type BoxInFront, boxInFront } from './box-in-front.ts';
import type { Case } from './case.ts';
import { atHome, defaultTunnel, onServer, serverAddresses4 } from './home.ts';
import { once } from './once.ts';
import { arePortsFree, isInSet, type PortSet, portSetOf } from './port-set.ts';
import { reachSeen } from './reach-seen.ts';

/** One word on the router's WAN address; null where it said that it has none. */
export interface WanWord {
  readonly wan: string | null;
  readonly source: WanSource;
  readonly evidence: string;
}

/** NAT-PMP result 3, network failure: the router itself has no address (RFC 6886 3.5). */
const NATPMP_NETWORK_FAILURE = 3;

/** What was told of the WAN address of the router that the server stands behind. */
export function wanWords(the: Case): WanWord[] {
  const told = the.evidence.flatMap((item): WanWord[] => {
    if (item.probe !== 'told' || item.status !== 'ok' || item.facts.wanIpv4 === null) return [];
    const { wanIpv4 } = item.facts;
    return [{ wan: wanIpv4 === 'none' ? null : wanIpv4, source: 'told', evidence: item.id }];
  });
  const upnp = atHome(the, 'upnp')
    .filter(({ facts }) => facts.level === 1 && facts.told !== null)
    .map(({ id, facts }): WanWord => {
      // A DS-Lite router may give its own address on the local network instead of one that it hasn't.
      const own = facts.external === facts.gateway;
      return { wan: own ? null : facts.external, source: 'upnp', evidence: id };
    });
  const natPmp = atHome(the, 'nat-pmp')
    .filter(
      ({ facts }) => facts.level === 1 && (facts.result === 0 || facts.result === NATPMP_NETWORK_FAILURE),
    )
    .map(({ id, facts }): WanWord => ({ wan: facts.external, source: 'nat-pmp', evidence: id }));
  const trial = atHome(the, 'mapping-trial').flatMap(({ id, facts }): WanWord[] =>
    facts.external === null ? [] : [{ wan: facts.external, source: 'pcp', evidence: id }],
  );
  return [...told, ...upnp, ...natPmp, ...trial];
}

/** Public IPv4 addresses on the server's own interfaces, tunnels left out: there is no NAT then. */
const publicOnServer = (the: Case): string[] =>
  serverAddresses4(the)
    .filter(({ scope }) => scope === 'public')
    .map(({ address }) => address);

/** IPv4 addresses with which services on the internet see the line, and who said so. */
export function observed4(the: Case): { address: string; evidence: string }[] {
  const whoami = atHome(the, 'whoami')
    .filter(({ facts }) => facts.family === 'ipv4')
    .map(({ id, facts }) => ({ address: facts.address, evidence: id }));
  const stun = atHome(the, 'stun')
    .filter(({ facts }) => facts.family === 'ipv4')
    .flatMap(({ id, facts }) =>
      [...new Set(facts.samples.map(({ address }) => address))].map((address) => ({ address, evidence: id })),
    );
  return [...whoami, ...stun];
}

/** Samples that STUN needs before its ports say anything. */
const ENOUGH_SAMPLES = 6;

/** The port set that the line may use, as STUN shows it; `free` where its ports follow no set. */
function ports(the: Case): { state: 'set'; set: PortSet; evidence: string } | { state: 'free' | 'unknown' } {
  const asked = atHome(the, 'stun').filter(
    ({ facts }) => facts.family === 'ipv4' && facts.samples.length >= ENOUGH_SAMPLES,
  );
  for (const { id, facts } of asked) {
    const set = portSetOf(facts.samples);
    if (set !== null) return { state: 'set', set, evidence: id };
  }
  const free = asked.length > 0 && asked.every(({ facts }) => arePortsFree(facts.samples));
  return { state: free ? 'free' : 'unknown' };
}

/** What the server's line has for IPv4. */
export type Line = {
  readonly words: readonly WanWord[];
  readonly evidence: readonly string[];
  /** What stands in front of a router that has a private address; where it passes the port on, `wan` is its own. */
  readonly box: BoxInFront | null;
} & (
  | { readonly kind: 'no-nat'; readonly wan: string }
  | { readonly kind: 'public'; readonly wan: string }
  | { readonly kind: 'port-set'; readonly wan: string; readonly set: PortSet; readonly inside: boolean }
  | { readonly kind: 'private'; readonly wan: string }
  | { readonly kind: 'shared' | 'ds-lite' | 'not-public'; readonly wan: string }
  /** Public by its own word, but not what services see, or nobody saw it, or its ports weren't seen. */
  | { readonly kind: 'unproven'; readonly wan: string; readonly tunnel: string | null }
  /** Its owner reads that the router has none, and services see one all the same: another's (DS-Lite and its kin). */
  | { readonly kind: 'no-address' }
  | { readonly kind: 'contradictory' | 'told-none' | 'unknown' }
);

/** 192.0.0.0/29 (RFC 7335) between a DS-Lite router and its AFTR; /24 is IETF's own (RFC 6890). */
const isDsLite = (address: string): boolean => address.startsWith('192.0.0.');

export const lineOf = once((the): Line => {
  const words = wanWords(the);
  const evidence = words.map((word) => word.evidence);
  const [own] = publicOnServer(the);
  if (own !== undefined) {
    const addresses = onServer(the, 'addresses').map(({ id }) => id);
    return { kind: 'no-nat', wan: own, words, evidence: addresses, box: null };
  }
  const told = [...new Set(words.flatMap(({ wan }) => wan ?? []))];
  const [first] = told;
  const base = { words, evidence, box: null };
  if (told.length > 1) return { ...base, kind: 'contradictory' };
  const wan = first ?? ownByTrace(the)?.address;
  if (wan === undefined) {
    const isRead = words.some(({ source }) => source === 'told');
    if (isRead && observed4(the).length > 0 && defaultTunnel(the) === null)
      return { ...base, kind: 'no-address' };
    return { ...base, kind: words.length > 0 ? 'told-none' : 'unknown' };
  }
  const scope = scopeOf(wan);
  if (scope === 'shared') return { ...base, kind: 'shared', wan };
  if (isDsLite(wan)) return { ...base, kind: 'ds-lite', wan };
  if (scope === 'private') return behindBox(the, wan, base);
  if (scope !== 'public') return { ...base, kind: 'not-public', wan };
  return withPublicAddress(the, wan, base);
});

type Base = Pick<Line, 'words' | 'evidence' | 'box'>;

/** With the port passed on, the line's address is that of the box in front. */
function behindBox(the: Case, wan: string, { words, evidence }: Base): Line {
  const box = boxInFront(the, wan);
  const base = { words, evidence: [...evidence, ...(box?.evidence ?? [])], box };
  return box?.port === 'passes' && box.wan !== null
    ? withPublicAddress(the, box.wan, base)
    : { ...base, kind: 'private', wan };
}

/** Whether the address is the line's alone. */
function withPublicAddress(the: Case, wan: string, base: Base): Line {
  const traced = ownByTrace(the);
  const all = [...base.evidence, ...(traced === null ? [] : [traced.evidence])];
  const tunnel = defaultTunnel(the);
  const observed = observed4(the);
  const matching = observed.filter(({ address }) => address === wan);
  const used = ports(the);
  if (used.state === 'set' && used.set.address === wan) {
    const inside = isInSet(the.target.port, used.set);
    return { ...base, kind: 'port-set', wan, set: used.set, inside, evidence: [...all, used.evidence] };
  }
  const certain = matching.length > 0 && tunnel === null && used.state === 'free';
  if (!certain) return { ...base, kind: 'unproven', wan, tunnel, evidence: all };
  return { ...base, kind: 'public', wan, evidence: [...all, ...matching.map((each) => each.evidence)] };
}

/** Nothing that begins outside comes to the router: the line has no public address of its own, or a box in front keeps it. */
export const isBehindNat = ({ box, kind }: Line): boolean =>
  kind === 'shared' ||
  kind === 'ds-lite' ||
  kind === 'not-public' ||
  kind === 'no-address' ||
  (kind === 'private' && box?.port === 'stops');

/** Another NAT stands in front of the router, and nobody knows whether it passes the port on. */
export const isOpenInFront = ({ box, kind }: Line): boolean => kind === 'private' && box?.port !== 'stops';

/**
 * The way from home to the address that services see, where no tunnel is in between. One hop: it is the router's own.
 */
function wayToObserved(the: Case) {
  if (defaultTunnel(the) !== null) return [];
  const observed = observed4(the).map(({ address }) => address);
  return atHome(the, 'trace').filter(
    ({ facts }) => observed.includes(facts.address) && isPublic(facts.address) && facts.method !== 'tcp',
  );
}

/** The address that services see, if the router answers for it at the first hop. */
export function ownByTrace(the: Case): { address: string; evidence: string } | null {
  for (const { id, facts } of wayToObserved(the)) {
    const first = facts.hops.find(({ address }) => address !== null);
    if (first?.ttl === 1 && first.address === facts.address) return { address: facts.address, evidence: id };
  }
  return null;
}

/** The address that services see lies behind the router: two hops or more. */
export function beyondRouter(the: Case): { address: string; hops: number; evidence: string } | null {
  for (const { id, facts } of wayToObserved(the)) {
    const answering = facts.hops.filter(({ address }) => address !== null && address !== facts.address);
    const last = facts.hops.findLast(({ address }) => address !== null);
    if (answering.some(({ ttl }) => ttl >= 2) && last !== undefined) {
      return { address: facts.address, hops: last.ttl, evidence: id };
    }
  }
  return null;
}

/** The public IPv4 addresses that packets for the line go to. The exit of a VPN isn't one of them. */
export const lineAddresses = once((the): string[] => {
  const line = lineOf(the);
  const given = reachSeen(the.evidence)
    .filter(({ facts }) => facts.roles.includes('given'))
    .map(({ facts }) => facts.address);
  const own = [
    ...('wan' in line ? [line.wan] : []),
    ...(line.kind === 'private' && line.box?.wan != null ? [line.box.wan] : []),
  ];
  const wan = own.filter(isPublic);
  const seenAs = defaultTunnel(the) === null ? observed4(the).map(({ address }) => address) : [];
  return [...new Set(wan.length > 0 ? [...wan, ...given] : [...seenAs, ...given])];
});
