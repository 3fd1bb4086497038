import fc from 'fast-check';
import type { CauseCode } from '../../../src/model/cause-code.ts';

/** A home with a server whose IPv6 works, as it really is: what no probe is told. */
export interface Home {
  /**
   * `private`: another NAT in front forwards nothing; `private-box`: it is a router of one's own; `private-passes`: one that
   * passes the port on, and has a public address.
   */
  readonly line:
    | 'public'
    | 'cgnat'
    | 'ds-lite'
    | 'private'
    | 'private-box'
    | 'private-passes'
    | 'map-e-inside'
    | 'map-e-outside';
  /** New connections over IPv4 that the provider doesn't let in. */
  readonly provider: 'open' | 'blocks-port' | 'resets-port' | 'blocks-all';
  readonly forward: 'right' | 'none' | 'wrong-host' | 'wrong-port';
  /** The mapping was made over UPnP, so that the router lists it. */
  readonly listed: boolean;
  /** Another external port leads to the service as well, and is listed. */
  readonly otherPort: boolean;
  /** `drops-early`: before it counts the packet as one that it passes on, so that no trace shows the router. */
  readonly routerFirewall: 'open' | 'drops' | 'drops-early';
  /** The router puts its own address into what it forwards. */
  readonly masquerades: boolean;
  /** Where nothing is forwarded, the router's own page answers from the internet. */
  readonly page: boolean;
  readonly hairpin: boolean;
  readonly protocols: 'none' | 'upnp' | 'nat-pmp';
  readonly firewall: 'open' | 'drop' | 'reject' | 'lan-only';
  /** `other-program`: something else has the port on IPv4. */
  readonly listener: 'both' | 'v6only' | 'loopback4' | 'address6' | 'other-program';
  readonly replies: 'same-way' | 'vpn' | 'no-route';
  readonly a: 'right' | 'missing' | 'dead';
}

export const homes: fc.Arbitrary<Home> = fc.record({
  line: fc.constantFrom(
    'public',
    'public',
    'public',
    'cgnat',
    'ds-lite',
    'private',
    'private-box',
    'private-passes',
    'map-e-inside',
    'map-e-outside',
  ),
  provider: fc.constantFrom('open', 'open', 'open', 'blocks-port', 'resets-port', 'blocks-all'),
  forward: fc.constantFrom('right', 'right', 'right', 'none', 'wrong-host', 'wrong-port'),
  listed: fc.boolean(),
  otherPort: fc.boolean(),
  routerFirewall: fc.constantFrom('open', 'open', 'open', 'open', 'drops', 'drops-early'),
  masquerades: fc.constantFrom(false, false, false, true),
  page: fc.boolean(),
  hairpin: fc.boolean(),
  protocols: fc.constantFrom('none', 'upnp', 'upnp', 'nat-pmp'),
  firewall: fc.constantFrom('open', 'open', 'open', 'drop', 'reject', 'lan-only'),
  listener: fc.constantFrom(
    'both',
    'both',
    'both',
    'both',
    'v6only',
    'loopback4',
    'address6',
    'other-program',
  ),
  replies: fc.constantFrom('same-way', 'same-way', 'same-way', 'same-way', 'vpn', 'no-route'),
  a: fc.constantFrom('right', 'right', 'missing', 'dead'),
} satisfies { [K in keyof Home]: fc.Arbitrary<Home[K]> });

export const hasAddress = ({ line }: Home): boolean =>
  line === 'public' || line === 'private-passes' || line.startsWith('map-e');

/** What the server's firewall does with what comes from outside through this router. */
export const letsIn = ({ firewall, masquerades }: Home): boolean =>
  firewall === 'open' || (firewall === 'lan-only' && masquerades);

/** The causes that hold: IPv4 stays broken as long as any of them does. */
export function truthOf(home: Home): Set<CauseCode> {
  const truth = new Set<CauseCode>();
  // Without an address of its own the line needs no A; the shared one in it is the provider's matter.
  const canHave = hasAddress(home) || home.line === 'private-box';
  if (home.a === 'dead' || (home.a === 'missing' && canHave)) truth.add('dns');
  if (!hasAddress(home) || home.line === 'map-e-outside') truth.add('cgnat');
  if (home.provider !== 'open') truth.add('isp-block');
  if (home.forward !== 'right' || home.routerFirewall !== 'open') truth.add('port-forward');
  if (!letsIn(home)) truth.add('host-firewall');
  if (home.listener !== 'both') truth.add('ipv6-only-listener');
  if (!home.hairpin && hasAddress(home)) truth.add('hairpin');
  return truth;
}

/** How far a connection request from outside for one port of the line comes. */
export type Fate =
  | 'carrier'
  | 'provider'
  | 'router'
  | 'page'
  | 'router-firewall'
  | 'router-firewall-early'
  | 'neighbour'
  | 'closed-port'
  | 'firewall'
  | 'no-listener'
  | 'lost-reply'
  | 'other-program'
  | 'service';

export function fateFromOutside(home: Home, port: 'service' | 'other'): Fate {
  if (!hasAddress(home) || (home.line === 'map-e-outside' && port === 'service')) return 'carrier';
  if (home.provider === 'blocks-all') return 'provider';
  if (port === 'service' && home.provider !== 'open') return 'provider';
  if (port === 'service') {
    if (home.routerFirewall === 'drops-early') return 'router-firewall-early';
    if (home.forward === 'none') return home.page ? 'page' : 'router';
    if (home.routerFirewall === 'drops') return 'router-firewall';
    if (home.forward === 'wrong-host') return 'neighbour';
    if (home.forward === 'wrong-port') return 'closed-port';
  }
  if (!letsIn(home)) return 'firewall';
  if (home.listener !== 'both' && home.listener !== 'other-program') return 'no-listener';
  // What the router sends in its own name is answered to it, whichever way else leads out.
  if (home.replies !== 'same-way' && !home.masquerades) return 'lost-reply';
  return home.listener === 'both' ? 'service' : 'other-program';
}
