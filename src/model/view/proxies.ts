import { inAnyOf } from '../address.ts';

/**
 * IPv4 prefixes on which a proxy or CDN answers for its customers: an A record that points there is no mistake.
 * Only edges, no hosting: a rented host's address says nothing. Anycast edges of the same companies that aren't
 * listed are merely not recognised.
 * Sources: cloudflare.com/ips; api.fastly.com/public-ip-list; AWS ip-ranges.json, service CLOUDFRONT, those of all regions
 * (a repository's copy of 2026-07-23), neighbours joined: AWS adds some every year.
 * Bunny, Akamai and Azure publish no short list and are recognised by the CNAME.
 */
const EDGE_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  Cloudflare: [
    '173.245.48.0/20',
    '103.21.244.0/22',
    '103.22.200.0/22',
    '103.31.4.0/22',
    '141.101.64.0/18',
    '108.162.192.0/18',
    '190.93.240.0/20',
    '188.114.96.0/20',
    '197.234.240.0/22',
    '198.41.128.0/17',
    '162.158.0.0/15',
    '104.16.0.0/13',
    '104.24.0.0/14',
    '172.64.0.0/13',
    '131.0.72.0/22',
    '2400:cb00::/32',
    '2606:4700::/32',
    '2803:f800::/32',
    '2405:b500::/32',
    '2405:8100::/32',
    '2a06:98c0::/29',
    '2c0f:f248::/32',
  ],
  Fastly: [
    '23.235.32.0/20',
    '43.249.72.0/22',
    '103.244.50.0/24',
    '103.245.222.0/23',
    '103.245.224.0/24',
    '104.156.80.0/20',
    '140.248.64.0/18',
    '140.248.128.0/17',
    '146.75.0.0/17',
    '151.101.0.0/16',
    '157.52.64.0/18',
    '167.82.0.0/17',
    '167.82.128.0/20',
    '167.82.160.0/20',
    '167.82.224.0/20',
    '172.111.64.0/18',
    '185.31.16.0/22',
    '199.27.72.0/21',
    '199.232.0.0/16',
    '2a04:4e40::/32',
    '2a04:4e42::/32',
  ],
  CloudFront: [
    '3.160.0.0/13',
    '3.168.0.0/14',
    '3.172.0.0/17',
    '3.173.0.0/16',
    '3.174.0.0/15',
    '13.32.0.0/15',
    '13.35.0.0/16',
    '13.224.0.0/14',
    '13.249.0.0/16',
    '15.158.0.0/16',
    '18.64.0.0/14',
    '18.68.0.0/16',
    '18.154.0.0/15',
    '18.160.0.0/15',
    '18.164.0.0/15',
    '18.172.0.0/15',
    '18.238.0.0/15',
    '18.244.0.0/15',
    '23.91.0.0/19',
    '23.228.212.0/23',
    '23.228.214.0/24',
    '23.228.220.0/22',
    '23.228.244.0/24',
    '23.228.248.0/22',
    '23.234.192.0/18',
    '24.110.32.0/19',
    '24.110.128.0/17',
    '36.103.232.0/25',
    '36.103.232.128/26',
    '51.74.192.0/18',
    '52.46.0.0/18',
    '52.82.128.0/19',
    '52.84.0.0/15',
    '52.124.128.0/17',
    '52.222.128.0/17',
    '54.182.0.0/16',
    '54.192.0.0/16',
    '54.230.0.0/17',
    '54.230.128.0/18',
    '54.230.200.0/21',
    '54.230.208.0/20',
    '54.230.224.0/19',
    '54.239.128.0/18',
    '54.239.192.0/19',
    '54.240.128.0/18',
    '58.254.138.0/25',
    '58.254.138.128/26',
    '64.252.64.0/18',
    '64.252.128.0/18',
    '65.8.0.0/16',
    '65.9.0.0/17',
    '65.9.128.0/18',
    '70.132.0.0/18',
    '71.152.0.0/17',
    '99.84.0.0/16',
    '99.86.0.0/16',
    '108.138.0.0/15',
    '108.156.0.0/14',
    '111.13.171.128/25',
    '111.13.185.32/27',
    '111.13.185.64/27',
    '116.129.226.0/25',
    '116.129.226.128/26',
    '118.193.97.64/26',
    '118.193.97.128/25',
    '119.147.182.0/25',
    '119.147.182.128/26',
    '120.52.12.64/26',
    '120.52.22.96/27',
    '120.52.39.128/27',
    '120.52.153.192/26',
    '120.232.236.0/25',
    '120.232.236.128/26',
    '120.253.240.192/26',
    '120.253.241.160/27',
    '120.253.245.128/26',
    '120.253.245.192/27',
    '130.176.0.0/17',
    '130.176.128.0/18',
    '130.176.192.0/19',
    '130.176.224.0/20',
    '143.204.0.0/16',
    '144.220.0.0/16',
    '180.163.57.0/25',
    '180.163.57.128/26',
    '204.246.164.0/22',
    '204.246.168.0/21',
    '204.246.176.0/20',
    '205.251.192.0/19',
    '205.251.249.0/24',
    '205.251.250.0/23',
    '205.251.252.0/23',
    '205.251.254.0/24',
    '216.137.32.0/19',
    '2600:9000::/28',
  ],
};

/** All of them, whosever they are. */
export const EDGE_CIDRS: readonly string[] = Object.values(EDGE_PREFIXES).flat();

const EDGES = Object.entries(EDGE_PREFIXES).map(([provider, prefixes]) => ({
  provider,
  holds: inAnyOf(prefixes),
}));

/** Names that only a provider's edges have. Source: each provider's set-up documentation. */
const EDGE_NAMES: readonly (readonly [suffix: string, provider: string])[] = [
  ['.cdn.cloudflare.net', 'Cloudflare'],
  ['.cfargotunnel.com', 'Cloudflare Tunnel'],
  ['.cloudfront.net', 'CloudFront'],
  ['.fastly.net', 'Fastly'],
  ['.fastlylb.net', 'Fastly'],
  ['.edgekey.net', 'Akamai'],
  ['.edgesuite.net', 'Akamai'],
  ['.akamaized.net', 'Akamai'],
  ['.b-cdn.net', 'Bunny'],
  ['.azureedge.net', 'Azure'],
  ['.azurefd.net', 'Azure Front Door'],
];

/** What the name of a provider's edge ends in, such as `.cloudfront.net`; null for all other names. */
export const edgeSuffix = (name: string): string | null =>
  EDGE_NAMES.find(([suffix]) => name.endsWith(suffix))?.[0] ?? null;

/** The provider whose edge an address, or the name that led to it, belongs to; null where none is recognised. */
export function edgeProvider(address: string, chain: readonly string[]): string | null {
  const byName = EDGE_NAMES.find(([suffix]) => chain.some((name) => name.endsWith(suffix)));
  if (byName !== undefined) return byName[1];
  return EDGES.find(({ holds }) => holds(address))?.provider ?? null;
}

/** The same of several addresses of a name: the first that is recognised. */
export const edgeOf = (addresses: readonly string[], chain: readonly string[]): string | null =>
  addresses.flatMap((address) => edgeProvider(address, chain) ?? [])[0] ?? null;
