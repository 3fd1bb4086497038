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
  /** A provider of VPNs: what the internet sees of those who use it. */
  vpn: { 4: ['185.65.134.66'], 6: ['2a03:1b20:1::66'] },
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
  /** Of which the line's own addresses are. */
  line6: '2a0b:4341:77ff::/64',
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

/** The provider's side of the line; see `ISP_KINDS` for which world has what. */
export const PROVIDER = {
  /** The provider's router, a hop of its own between the internet's and the home's. */
  4: '81.2.96.1',
  6: '2a0b:4341::1',
  /** What the home router gets behind carrier-grade NAT (RFC 6598), and the provider's end of that line. */
  cgnatWan: '100.64.9.7',
  cgnatGateway: '100.64.0.1',
  /** The same at a provider that uses RFC 1918 for it. */
  privateWan: '10.64.9.7',
  privateGateway: '10.64.0.1',
  /** The public address that customers behind the provider's NAT share. */
  shared4: '81.2.98.4',
  /** DS-Lite: the AFTR, the shared address that it translates into, and the ends of the softwire (RFC 6333, 5.7). */
  aftr6: '2a0b:4341:a::1',
  aftr4: '81.2.98.5',
  b4: '192.0.0.2',
  aftrInside: '192.0.0.1',
  /** MAP-E: which ports are the home's (RFC 7597, section 5.1); `PORT_SET` in isp/map-e.ts lists them. */
  portSet: { offset: 4, psidLength: 8, psid: 0x34 },
} as const;

/** The network between the outer and the inner of two home routers. */
export const DOUBLE_NAT = {
  outer: '192.168.1.1',
  inner: '192.168.1.2',
  network: '192.168.1.0/24',
  outer6: '2a0b:4341:77ff::1',
} as const;

/** Of the server, where the world gives it one. */
export const EXTRA = {
  tailscale4: '100.101.102.103',
  /** Inside the VPN's tunnel; outside it the server is `INTERNET_HOSTS.vpn`. */
  vpnInside: '10.66.0.2',
  vpnGateway: '10.66.0.1',
  /** In Docker's default network. */
  container4: '172.17.0.2',
  dockerBridge: '172.17.0.1',
} as const;

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
/** Between the internet's router and the home's; all but the provider's router only in some worlds. */
type LineHost = 'provider' | 'aftr' | 'outer';
export type HostName = 'inet' | InternetHost | LineHost | LanHost | 'container';

/** A host's own address; the router's is the one that the internet sees in a world where the line has its own. */
export function addressOf(host: HostName, family: 4 | 6): string {
  if (host === 'inet') return INET[family];
  if (host === 'provider') return PROVIDER[family];
  if (host === 'aftr') return family === 4 ? PROVIDER.aftr4 : PROVIDER.aftr6;
  if (host === 'outer') return family === 4 ? DOUBLE_NAT.outer : DOUBLE_NAT.outer6;
  if (host === 'router') return family === 4 ? HOME.wan4 : HOME.wan6;
  if (host === 'container') return family === 4 ? EXTRA.container4 : LAN_HOSTS.server[6][0];
  if (host === 'server' || host === 'laptop') return LAN_HOSTS[host][family][0];
  return INTERNET_HOSTS[host][family][0];
}
