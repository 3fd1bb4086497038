import type { WhyNot } from '../../model/choice.ts';
import type { RemedyOffer } from '../../model/remedy-offer.ts';
import type { Case } from '../../model/view/case.ts';
import { workingAddresses } from '../../model/view/service.ts';
import { CLOUDFLARE } from '../dns-records/cloudflare-edge.ts';
import type { Offer } from '../manual.ts';
import { fails, ownOriginOf } from '../origin.ts';
import { ofWebEdge } from '../web-edge.ts';
import { lossesOf } from './losses.ts';

/** Minutes: one request, and the time to live of what caches have. */
const MINUTES = 2;

type EdgeProxyOffer = Extract<RemedyOffer, { remedy: 'edge-proxy' }>;

/**
 * Cloudflare answers for the name over both families and fetches from the server over IPv6: it needs nothing of the
 * line's IPv4. Only where the zone is seen to be Cloudflare's, for the web, and where IPv6 works.
 */
export const offerEdgeProxy: Offer = (the, verdicts): EdgeProxyOffer | WhyNot => {
  const around = ofWebEdge(CLOUDFLARE, the, verdicts);
  if ('code' in around) return around;
  const origin = ownOriginOf(the);
  if ('code' in origin) return origin;
  const proven = provenOf(the, origin.addresses);
  if (proven.length === 0 || fails(the, origin.addresses)) return { code: 'ipv6-fails' };
  return {
    remedy: 'edge-proxy',
    cures: around.cures,
    monthlyUSD: 0,
    carries: 'web',
    minutes: MINUTES,
    name: the.target.host,
    origin: proven,
    loses: lossesOf(the.target),
  };
};

/** Of these, the ones at which the service was seen to answer: from outside, where somebody looked from there. */
const provenOf = (the: Case, addresses: readonly string[]): string[] => {
  const works = workingAddresses(the, 'ipv6').map(({ address }) => address);
  return addresses.filter((address) => works.includes(address));
};
