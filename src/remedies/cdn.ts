import { isPublic } from '../model/address.ts';
import type { WhyNot } from '../model/choice.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import type { Target } from '../model/target.ts';
import type { Case } from '../model/view/case.ts';
import { edgeProvider } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import { control, workingAddresses } from '../model/view/service.ts';
import { cdnLosses } from './cdn/losses.ts';
import { CDN_TRAFFIC } from './cdn/prices.ts';
import type { Offer } from './manual.ts';
import { fails, ownOriginOf } from './origin.ts';
import { ofWebEdge, type WebEdge } from './web-edge.ts';

/** Minutes: the certificate is issued in a few, and a distribution is deployed in about five. */
const MINUTES = 12;

type CdnOffer = Extract<RemedyOffer, { remedy: 'cdn' }>;

/**
 * CloudFront answers for the name and fetches from the server over IPv6. For web services by name on the ports that it
 * has, whose zone is at Route 53, where the certificate's and the visitors' records are written.
 */
export const offerCdn: Offer = (the, verdicts): CdnOffer | WhyNot => {
  const around = ofWebEdge(CLOUDFRONT, the, verdicts);
  if ('code' in around) return around;
  const origin = ownOriginOf(the);
  if ('code' in origin) return origin;
  if (provenOrigins(the).length === 0 || fails(the, origin.addresses)) return { code: 'ipv6-fails' };
  if (isCertificateRefused(the)) return { code: 'certificate-not-public', provider: 'CloudFront' };
  return {
    remedy: 'cdn',
    cures: around.cures,
    monthlyUSD: 0,
    carries: 'web',
    minutes: MINUTES,
    name: the.target.host,
    traffic: CDN_TRAFFIC,
    loses: cdnLosses(the.target),
  };
};

/** What CloudFront takes visitors' requests for, and on which ports. */
const PORTS: Readonly<Partial<Record<Target['protocol'], readonly number[]>>> = { tls: [443], http: [80] };

const CLOUDFRONT: WebEdge = {
  provider: 'CloudFront',
  ports: (protocol) => PORTS[protocol] ?? null,
  zoneAt: 'route53',
};

export const isWeb = ({ hostKind, protocol, port }: Target): boolean =>
  hostKind === 'name' && PORTS[protocol]?.includes(port) === true;

/** Addresses of the name that were seen to answer as the service; none where one of them is an edge's, or not public. */
export function provenOrigins(the: Case): string[] {
  const { addresses, chain, definite, partlyMissing } = publicRecords(the, 'AAAA');
  const isOwn = (address: string): boolean => isPublic(address) && edgeProvider(address, chain) === null;
  if (!definite || partlyMissing || !addresses.every(isOwn)) return [];
  const working = workingAddresses(the, 'ipv6').map(({ address }) => address);
  return addresses.filter((address) => working.includes(address));
}

/**
 * CloudFront answers 502 unless a public authority gave the server's certificate for the name that it asks for, which is
 * the visitors' (developer guide, "HTTP 502 status code", "Requirements for using SSL/TLS certificates").
 */
export function isCertificateRefused(the: Case): boolean {
  const identity = control(the)?.identity;
  return identity?.kind === 'tls' && !(identity.trusted && identity.coversName === true);
}
