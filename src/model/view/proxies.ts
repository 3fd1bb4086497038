import { inAnyOf } from '../address.ts';

/**
 * IPv4 prefixes on which a proxy or CDN answers for its customers: an A record that points there is no mistake.
 * Only edges, no hosting: a rented host's address says nothing. Anycast edges of the same companies that aren't
 * listed are merely not recognised.
 * Sources: cloudflare.com/ips; api.fastly.com/public-ip-list; AWS ip-ranges.json, service CLOUDFRONT;
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
    '13.32.0.0/15',
    '13.35.0.0/16',
    '13.224.0.0/14',
    '13.249.0.0/16',
    '18.64.0.0/14',
    '52.84.0.0/15',
    '54.182.0.0/16',
    '54.192.0.0/16',
    '54.230.0.0/17',
    '54.239.128.0/18',
    '54.240.128.0/18',
    '64.252.64.0/18',
    '65.8.0.0/16',
    '65.9.0.0/17',
    '70.132.0.0/18',
    '99.84.0.0/16',
    '99.86.0.0/16',
    '108.138.0.0/15',
    '108.156.0.0/14',
    '116.129.226.0/25',
    '130.176.0.0/17',
    '143.204.0.0/16',
    '144.220.0.0/16',
    '204.246.164.0/22',
    '204.246.168.0/22',
    '205.251.192.0/19',
    '216.137.32.0/19',
    '2600:9000::/28',
  ],
};

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

/** The provider whose edge an address, or the name that led to it, belongs to; null where none is recognised. */
export function edgeProvider(address: string, chain: readonly string[]): string | null {
  const byName = EDGE_NAMES.find(([suffix]) => chain.some((name) => name.endsWith(suffix)));
  if (byName !== undefined) return byName[1];
  return EDGES.find(({ holds }) => holds(address))?.provider ?? null;
}
