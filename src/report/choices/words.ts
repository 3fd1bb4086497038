import type { Plan } from '../../model/plan.ts';
import type { RemedyCode } from '../../model/remedy-offer.ts';
import type { Target } from '../../model/target.ts';
import type { DnsHost, DnsProvider } from '../../model/view/dns-host.ts';

const OWN = "the users' own addresses";

/** Whom the server sees as the client of an IPv4 user. */
export const CLIENT_ADDRESS: Readonly<
  Record<RemedyCode | 'edge-proxy' | 'tunnel' | 'cdn', string | ((target: Target) => string)>
> = {
  'a-record': OWN,
  'port-forward': OWN,
  'host-firewall': OWN,
  listener: OWN,
  hairpin: "the router, with NAT loopback; the users' own addresses otherwise",
  isp: OWN,
  'other-tunnels': 'the tunnel; the addresses of users are lost',
  relay: ({ protocol }) =>
    protocol === 'udp'
      ? 'the relay; the addresses of IPv4 users are lost'
      : "the relay, or the users' own addresses where the program takes the PROXY protocol",
  'edge-proxy': "Cloudflare; the users' own addresses in the header CF-Connecting-IP",
  tunnel: "cloudflared; the users' own addresses in the header CF-Connecting-IP",
  cdn: "CloudFront; the users' own addresses in the header X-Forwarded-For",
};

/** What has to run, and where. */
export const RUNS: Readonly<Record<RemedyCode | 'edge-proxy' | 'tunnel' | 'cdn', string>> = {
  'a-record': 'nothing more',
  'port-forward': 'nothing more: an entry on the router',
  'host-firewall': 'nothing more: a rule on the server',
  listener: 'nothing more: a setting on the server',
  hairpin: 'nothing more: a setting of the router, or of the DNS at home',
  isp: 'nothing more',
  'other-tunnels': 'a program on the server, and a host or a service elsewhere that it leads to',
  relay: 'a host at AWS, which reach4 makes; nothing on the server',
  'edge-proxy': 'nothing of yours: the edge of Cloudflare answers for the name',
  tunnel: 'cloudflared on the server; the edge of Cloudflare answers for the name',
  cdn: 'nothing of yours: the edge of CloudFront answers for the name',
};

export interface Access {
  /** What reach4 has to be given. */
  readonly text: string;
  /** The variable that it is in, where it is in nothing else. */
  readonly variable: string | null;
}

const CLOUDFLARE: Access = {
  text: 'CLOUDFLARE_API_TOKEN with the rights Zone:Read and DNS:Edit',
  variable: 'CLOUDFLARE_API_TOKEN',
};
const AWS: Access = { text: 'an account at AWS, and its credentials here', variable: null };

const isAt = (dns: DnsHost | null, provider: DnsProvider): boolean =>
  dns?.providers.includes(provider) ?? false;

/** What reach4 needs to make it, by where the name's records are kept. */
export const ACCESS: Readonly<
  Record<Plan['remedy'] | 'edge-proxy' | 'tunnel' | 'cdn', (dns: DnsHost | null) => Access>
> = {
  'a-record': (dns) => (isAt(dns, 'route53') && !isAt(dns, 'cloudflare') ? AWS : CLOUDFLARE),
  relay: (dns) =>
    isAt(dns, 'cloudflare')
      ? { ...CLOUDFLARE, text: `${AWS.text}; to write the record, ${CLOUDFLARE.text}` }
      : AWS,
  'edge-proxy': () => CLOUDFLARE,
  tunnel: () => ({
    ...CLOUDFLARE,
    text: 'CLOUDFLARE_API_TOKEN with the rights Zone:Read, DNS:Edit and Cloudflare Tunnel:Edit',
  }),
  cdn: () => AWS,
};
