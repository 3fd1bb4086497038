import type { WhyNot } from '../model/choice.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { listeningOf } from '../model/view/host.ts';
import { edgeOf } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import { CLOUDFLARE } from './dns-records/cloudflare-edge.ts';
import type { Offer } from './manual.ts';
import { TUNNEL_LOSSES } from './tunnel/losses.ts';
import { serviceOf } from './tunnel/service.ts';
import { ofWebEdge } from './web-edge.ts';

/** Minutes: the stack in one, cloudflared on the server in two or three. */
const MINUTES = 5;

type TunnelOffer = Extract<RemedyOffer, { remedy: 'tunnel' }>;

/**
 * A way that the server opens itself, to Cloudflare, which answers for the name: it needs nothing let in, neither over IPv4
 * nor over IPv6. For the web only, and where the name is kept at Cloudflare.
 */
export const offerTunnel: Offer = (the, verdicts): TunnelOffer | WhyNot => {
  const around = ofWebEdge(CLOUDFLARE, the, verdicts);
  if ('code' in around) return around;
  const provider = inFront(the);
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
function inFront(the: Case): string | null {
  const [a, aaaa] = [publicRecords(the, 'A'), publicRecords(the, 'AAAA')];
  return edgeOf(a.addresses, a.chain) ?? edgeOf(aaaa.addresses, aaaa.chain);
}

/** What listens on the server was seen, and it isn't the service. */
function listensNowhere(the: Case): boolean {
  const { four, six, evidence } = listeningOf(the);
  return evidence.length > 0 && four === 'no' && six === 'no';
}
