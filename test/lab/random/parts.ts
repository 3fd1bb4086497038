import { pick, prng } from './prng.ts';

/** What a random world is made of, each drawn apart from the others as far as they go together. */
export interface Parts {
  /** `forwarded-twice`: two routers, the outer one of which forwards to the inner one. */
  readonly line: 'public' | 'cgnat' | 'private' | 'ds-lite' | 'map-e' | 'double-nat' | 'forwarded-twice';
  readonly record: 'right' | 'missing' | 'stale' | 'other' | 'private';
  readonly filter: 'none' | 'port-drop' | 'port-reset' | 'all';
  readonly forward: 'right' | 'none' | 'laptop' | 'nobody' | 'wrong-port' | 'page';
  /** The forward was made over UPnP, which lists it. */
  readonly listed: boolean;
  /** Another external port leads to the service too, and is listed. */
  readonly otherPort: boolean;
  /** `early`: before the router counts what it passes on, so that no trace shows it. */
  readonly routerFirewall: 'open' | 'drop' | 'early';
  /** The router puts its own address into what it forwards. */
  readonly masquerades: boolean;
  readonly unforwarded: 'drop' | 'reset' | 'icmp';
  readonly hairpin: 'on' | 'off' | 'router-page';
  /** `untold`: the router answers, but tells no WAN address that isn't public. */
  readonly upnp: 'on' | 'off' | 'untold';
  readonly firewall: 'none' | 'drop' | 'reject' | 'lan-only';
  readonly software: 'nft' | 'iptables-nft' | 'iptables-legacy' | 'ufw' | 'firewalld';
  readonly listener:
    | 'both'
    | 'two-sockets'
    | 'v6only'
    | 'address6'
    | 'loopback4'
    | 'bindv6only'
    /** Another program has the port on IPv4. */
    | 'other-program';
  readonly replies: 'same-way' | 'vpn' | 'no-route';
  readonly tailscale: boolean;
}

/** Behind a NAT of the provider's, its filters have nothing to act on. */
const BEFORE_FILTERS: readonly Parts['line'][] = ['cgnat', 'private', 'ds-lite', 'map-e'];

/** Draws a world's parts; the same for the same seed. Each layer is sound in about two of three worlds. */
export function drawParts(seed: number): Parts {
  const random = prng(seed);
  const chance = (probability: number) => random() < probability;
  const line = pick(random, {
    public: 14,
    cgnat: 2,
    private: 1,
    'ds-lite': 1,
    'map-e': 1,
    'double-nat': 1,
    'forwarded-twice': 1,
  });
  const record = pick(random, { right: 12, missing: 2, stale: 2, other: 1, private: 1 });
  const filter = pick(random, { none: 8, 'port-drop': 2, 'port-reset': 1, all: 1 });
  const forward = pick(random, { right: 10, none: 2, laptop: 1, nobody: 1, 'wrong-port': 1, page: 1 });
  const upnp = pick(random, { on: 6, off: 1, untold: 1 });
  const maps = forward !== 'none' && forward !== 'page' && upnp !== 'off';
  const listed = chance(0.5) && maps;
  const otherPort = chance(0.5) && listed;
  const routerFirewall = forward === 'right' ? pick(random, { open: 16, drop: 1, early: 1 }) : 'open';
  const unforwarded = pick(random, { drop: 4, reset: 1, icmp: 1 });
  const hairpin = pick(random, { on: 4, off: 2, 'router-page': 1 });
  const firewall = pick(random, { none: 6, drop: 1, reject: 1, 'lan-only': 1 });
  const software = pick(random, {
    nft: 4,
    'iptables-nft': 3,
    'iptables-legacy': 3,
    ufw: 1,
    firewalld: 1,
  });
  const listener = pick(random, {
    both: 8,
    'two-sockets': 1,
    v6only: 1,
    address6: 1,
    loopback4: 1,
    bindv6only: 1,
    'other-program': 1,
  });
  const replies = pick(random, { 'same-way': 18, vpn: 1, 'no-route': 1 });
  return {
    line,
    record,
    filter: BEFORE_FILTERS.includes(line) ? 'none' : filter,
    forward,
    listed,
    otherPort,
    routerFirewall,
    unforwarded,
    hairpin,
    upnp,
    firewall,
    software,
    listener,
    replies,
    tailscale: chance(0.15),
    masquerades: chance(0.15),
  };
}
