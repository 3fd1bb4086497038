/**
 * Every address of the lab. All public ones are ordinary global unicast, so that no special-purpose range (documentation,
 * benchmarking, …) makes code under test behave differently; nothing leaves the namespaces, so whoever owns them in
 * the real internet never hears of it.
 */
export interface Addresses {
  readonly 4: readonly [string, ...string[]];
  readonly 6: readonly [string, ...string[]];
}

/** Hosts with one link to the internet's router. The first address of a family is the host's own. */
export const INTERNET_HOSTS = {
  /** The client outside; the reach4 agent and the whoami service run here. */
  outside: { 4: ['45.83.104.20'], 6: ['2a03:4000:47:10::20'] },
  /** Authoritative servers, in the order of `NAME_SERVERS`. */
  dns: {
    4: ['91.203.110.53', '194.156.163.53', '91.203.111.53', '193.46.215.53', '185.159.197.53'],
    6: ['2a0e:5040:1::53', '2a0e:5040:2::53', '2a0e:5040:3::53', '2a0e:5040:4::53', '2a0e:5040:5::53'],
  },
  /** The public recursive resolver. */
  resolver: { 4: ['46.227.67.53'], 6: ['2a09:b280:fe00::53'] },
  /** A place for a stand-in of a cloud's API. */
  api: { 4: ['152.53.20.80'], 6: ['2a0a:4cc0:80::80'] },
  /** Another customer of the home's provider, who now has the home's old address. */
  other: { 4: ['81.2.99.130'], 6: ['2a0b:4341:8800::10'] },
  /** An edge of Cloudflare: inside its published ranges (cloudflare.com/ips). */
  proxy: { 4: ['104.16.132.229'], 6: ['2606:4700::6810:84e5'] },
} as const satisfies Record<string, Addresses>;

/** Indices into the addresses of `dns`. */
export const NAME_SERVERS = { ns1: 0, ns2: 1, hoster: 2, root: 3, tld: 4 } as const;

/** The internet's router: one address a family for all its links, on its loopback. */
export const INET = { 4: '62.115.0.1', 6: '2001:2034:0:1::1', linkLocal: 'fe80::1' } as const;

export const HOME = {
  wan4: '81.2.99.2',
  wan6: '2a0b:4341:77ff::2',
  /** What the provider routes to the home; the LAN uses the first /64 of it. */
  delegated: '2a0b:4341:7700::/56',
  lan4: '192.168.77.0/24',
  lan6: '2a0b:4341:7700::/64',
} as const;

export const LAN_HOSTS = {
  router: { 4: ['192.168.77.1'], 6: ['2a0b:4341:7700::1'] },
  server: { 4: ['192.168.77.10'], 6: ['2a0b:4341:7700::10'] },
  laptop: { 4: ['192.168.77.20'], 6: ['2a0b:4341:7700::20'] },
} as const satisfies Record<string, Addresses>;

/** Addresses that nobody has. */
export const DEAD = {
  /** An earlier IPv4 address of the home. */
  old4: '81.2.99.77',
  /** The server under an earlier IPv6 prefix of the home. */
  old6: '2a0b:4341:6600::10',
  /** In the range that providers use behind carrier-grade NAT (RFC 6598). */
  cgnat: '100.64.9.7',
} as const;

export type InternetHost = keyof typeof INTERNET_HOSTS;
type LanHost = keyof typeof LAN_HOSTS;
export type HostName = 'inet' | InternetHost | LanHost;

/** A host's own address; the router's is the one that the internet sees. */
export function addressOf(host: HostName, family: 4 | 6): string {
  if (host === 'inet') return INET[family];
  if (host === 'router') return family === 4 ? HOME.wan4 : HOME.wan6;
  if (host === 'server' || host === 'laptop') return LAN_HOSTS[host][family][0];
  return INTERNET_HOSTS[host][family][0];
}
