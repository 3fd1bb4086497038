import ipaddr from 'ipaddr.js';
import { familyOf, inPrefix, isPublic, scopeOf } from '../../../model/address.ts';
import { type Evidence, isHere, type OwnAddress, seen } from '../../../model/evidence.ts';
import { isInnerInterface } from '../../../model/interface-name.ts';

/** Larger networks have no customary address for the router. */
const SHORTEST_PREFIX = 16;
/** With /31 and /32 there is no neighbour to guess. */
const LONGEST_PREFIX = 30;
/** A machine with more ways out is no home server. */
const MAX_GATEWAYS = 3;

const tunnels = (evidence: readonly Evidence[]): ReadonlySet<string> =>
  new Set(
    seen(evidence, 'routes')
      .filter(isHere)
      .flatMap(({ facts }) => facts.interfaces)
      .flatMap(({ name, tunnel }) => (tunnel ? [name] : [])),
  );

/** This machine's IPv4 addresses on local networks, tunnels and containers left out. */
export function localAddresses4(evidence: readonly Evidence[]): OwnAddress[] {
  const inner = tunnels(evidence);
  return seen(evidence, 'addresses')
    .filter(isHere)
    .flatMap(({ facts }) => facts.addresses)
    .filter(
      ({ family, scope, interface: name }) =>
        family === 'ipv4' && scope === 'private' && !inner.has(name) && !isInnerInterface(name),
    );
}

/** The routers that IPv4 leaves by, best first: never those inside a tunnel. */
export function gateways(evidence: readonly Evidence[]): string[] {
  const inner = tunnels(evidence);
  const found = seen(evidence, 'routes')
    .filter(isHere)
    .flatMap(({ facts }) => facts.defaults)
    .filter(({ family, interface: name }) => family === 'ipv4' && !inner.has(name))
    .sort((one, other) => (one.metric ?? 0) - (other.metric ?? 0))
    // Where the gateway is public there is no NAT of one's own, and whoever runs it isn't to be asked for mappings.
    .flatMap(({ via }) => (via === null || isPublic(via) ? [] : [via]));
  return [...new Set(found)].slice(0, MAX_GATEWAYS);
}

/** Where routers customarily are on this machine's own networks: their first address, and their last. */
export function guessedGateways(evidence: readonly Evidence[]): string[] {
  const own = localAddresses4(evidence);
  const guessed = own.flatMap(({ address, prefixLength }) => edgesOf(address, prefixLength));
  const unlikely = new Set(own.map(({ address }) => address));
  return [...new Set(guessed)].filter((address) => !unlikely.has(address)).slice(0, MAX_GATEWAYS);
}

/** The first and the last address for hosts of an IPv4 network. */
function edgesOf(address: string, prefixLength: number): string[] {
  if (prefixLength < SHORTEST_PREFIX || prefixLength > LONGEST_PREFIX) return [];
  const cidr = `${address}/${prefixLength}`;
  const next = (edge: ipaddr.IPv4, step: number): string => {
    const octets = edge.toByteArray();
    octets[3] = (octets[3] ?? 0) + step;
    return new ipaddr.IPv4(octets).toString();
  };
  return [
    next(ipaddr.IPv4.networkAddressFromCIDR(cidr), 1),
    next(ipaddr.IPv4.broadcastAddressFromCIDR(cidr), -1),
  ];
}

/** This machine's address on the network of a router. */
export const neighbourOf = (gateway: string, evidence: readonly Evidence[]): string | null =>
  localAddresses4(evidence).find(({ address, prefixLength }) =>
    inPrefix(gateway, `${address}/${prefixLength}`),
  )?.address ?? null;

/** Routers of the local network that answered over any protocol. */
export const answeringRouters = (evidence: readonly Evidence[]): string[] => [
  ...new Set(
    [...seen(evidence, 'upnp'), ...seen(evidence, 'nat-pmp'), ...seen(evidence, 'pcp')]
      .filter((item) => isHere(item) && item.facts.level === 1)
      .map(({ facts }) => facts.gateway),
  ),
];

/** WAN addresses of the router of the local network, as it or the user said. */
export function wanAddresses(evidence: readonly Evidence[]): string[] {
  const told = seen(evidence, 'told').flatMap(({ facts: { boxInFront, wanIpv4 } }) =>
    [boxInFront, wanIpv4].flatMap((each) =>
      each === null || each === 'none' || each === 'blocks' ? [] : [each],
    ),
  );
  const router = [...seen(evidence, 'upnp'), ...seen(evidence, 'nat-pmp')]
    .filter(({ facts }) => facts.level === 1)
    .flatMap(({ facts: { external } }) => (external === null ? [] : [external]));
  return [...new Set([...told, ...router])].filter((address) => familyOf(address) === 'ipv4');
}

/** IPv4 addresses with which services on the internet see this line. */
export function observedAddresses(evidence: readonly Evidence[]): string[] {
  const stun = seen(evidence, 'stun').filter(ofLine);
  const whoami = seen(evidence, 'whoami').filter(ofLine);
  return [
    ...new Set([
      ...whoami.map(({ facts }) => facts.address),
      ...stun.flatMap(({ facts }) => facts.samples.map(({ address }) => address)),
    ]),
  ].filter((address) => familyOf(address) === 'ipv4');
}

/** Seen here, or elsewhere on the server's own line. */
const ofLine = (item: Evidence): boolean =>
  isHere(item) || item.vantage === 'server' || item.vantage === 'lan';

/** Where the box in front of the router may be, if its WAN address is private. */
export function boxesInFront(evidence: readonly Evidence[]): string[] {
  const near = gateways(evidence);
  const second = seen(evidence, 'trace')
    .filter(isHere)
    .flatMap(({ facts }) => facts.hops)
    .filter(({ ttl, note }) => ttl === 2 && note === null)
    .flatMap(({ address }) => (address === null ? [] : [address]));
  const guessed = wanAddresses(evidence)
    .filter((wan) => scopeOf(wan) === 'private')
    // Home routers, which boxes in front are, give out a /24.
    .flatMap((wan) => edgesOf(wan, 24).filter((edge) => edge !== wan));
  const own = new Set(localAddresses4(evidence).map(({ address }) => address));
  return [...new Set([...second, ...guessed])]
    .filter((address) => scopeOf(address) === 'private' && !near.includes(address) && !own.has(address))
    .slice(0, MAX_GATEWAYS);
}

/** A way into the local network that the router, or the user, told of. */
export interface Forward {
  readonly externalPort: number;
  readonly host: string;
  readonly port: number;
}

/** Ports of a transport that the router forwards, the user's word first. */
export function forwards(evidence: readonly Evidence[], protocol: 'tcp' | 'udp'): Forward[] {
  const told = seen(evidence, 'told').flatMap(({ facts }) =>
    facts.forwards === null || facts.forwards === 'none' ? [] : facts.forwards,
  );
  const listed = seen(evidence, 'upnp')
    .filter(({ facts }) => facts.level === 1)
    .flatMap(({ facts }) => facts.mappings)
    .filter((mapping) => mapping.protocol === protocol && mapping.enabled)
    .map(({ externalPort, client, internalPort }) => ({ externalPort, host: client, port: internalPort }));
  return [...told, ...listed];
}

/** Public IPv4 addresses of servers on the internet that were asked anyway: where to trace to, for want of a better. */
export const askedServers = (evidence: readonly Evidence[]): string[] =>
  seen(evidence, 'authority')
    .map(({ facts }) => facts.server.address)
    .filter((address) => familyOf(address) === 'ipv4' && isPublic(address));
