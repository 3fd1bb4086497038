import type { WhyNot } from '../model/choice.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { dnsHost, isKeptAt } from '../model/view/dns-host.ts';
import { listeningOf } from '../model/view/host.ts';
import { edgeProvider } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import { edgePorts } from './edge-proxy/ports.ts';
import type { Offer } from './manual.ts';
import { goesAround } from './origin.ts';
import { TUNNEL_LOSSES } from './tunnel/losses.ts';
import { serviceOf } from './tunnel/service.ts';

/** Minutes: the stack in one, cloudflared on the server in two or three. */
const MINUTES = 5;

type TunnelOffer = Extract<RemedyOffer, { remedy: 'tunnel' }>;

/**
 * A way that the server opens itself, to Cloudflare, which answers for the name: it needs nothing let in, neither over IPv4
 * nor over IPv6. For the web only, and where the name is kept at Cloudflare.
 */
export const offerTunnel: Offer = (the, verdicts): TunnelOffer | WhyNot => {
  const around = goesAround(the, verdicts);
  if ('code' in around) return around;
  const { protocol, host, hostKind, port } = the.target;
  if (hostKind !== 'name') return { code: 'no-name' };
  const ports = edgePorts(protocol);
  if (ports === null) return { code: 'not-carried', carries: 'web', protocol };
  if (!ports.includes(port))
    return { code: 'port-not-served', provider: 'Cloudflare', port, ports: [...ports] };
  const kept = dnsHost(the, host);
  if (kept === null) return { code: 'records-unknown', type: 'AAAA' };
  if (isKeptAt(kept, ['cloudflare']) !== true) {
    return { code: 'dns-elsewhere', host: kept, needs: ['cloudflare'] };
  }
  const provider = edgeOf(the);
  if (provider !== null) return { code: 'behind-edge', provider };
  if (listensNowhere(the)) return { code: 'listener-unseen' };
  return {
    remedy: 'tunnel',
    cures: around.cures,
    monthlyUSD: 0,
    carries: 'web',
    minutes: MINUTES,
    service: serviceOf(the),
    loses: [...TUNNEL_LOSSES],
  };
};

/** Who answers for the name already. */
function edgeOf(the: Case): string | null {
  for (const type of ['A', 'AAAA'] as const) {
    const { addresses, chain } = publicRecords(the, type);
    for (const address of addresses) {
      const provider = edgeProvider(address, chain);
      if (provider !== null) return provider;
    }
  }
  return null;
}

/** What listens on the server was seen, and it isn't the service. */
function listensNowhere(the: Case): boolean {
  const { four, six, evidence } = listeningOf(the);
  return evidence.length > 0 && four === 'no' && six === 'no';
}
