import type { WhyNot } from '../../model/choice.ts';
import type { RemedyOffer } from '../../model/remedy-offer.ts';
import type { Case } from '../../model/view/case.ts';
import { dnsHost, isKeptAt } from '../../model/view/dns-host.ts';
import { publicRecords } from '../../model/view/records.ts';
import { workingAddresses } from '../../model/view/service.ts';
import { edgePorts } from '../dns-records/cloudflare-edge.ts';
import type { Offer } from '../manual.ts';
import { fails, goesAround, originOf } from '../origin.ts';
import { lossesOf } from './losses.ts';

/** Minutes: one request, and the time to live of what caches have. */
const MINUTES = 2;

type EdgeProxyOffer = Extract<RemedyOffer, { remedy: 'edge-proxy' }>;

/**
 * Cloudflare answers for the name over both families and fetches from the server over IPv6: it needs nothing of the
 * line's IPv4. Only where the zone is seen to be Cloudflare's, for the web, and where IPv6 works.
 */
export const offerEdgeProxy: Offer = (the, verdicts): EdgeProxyOffer | WhyNot => {
  const around = goesAround(the, verdicts);
  if ('code' in around) return around;
  const { host, hostKind, protocol, port } = the.target;
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
  const origin = originOf(the);
  if ('code' in origin) return origin;
  // Records of an alias belong to the name that it leads to.
  const { chain, canonical } = publicRecords(the, 'AAAA');
  if (chain.length > 0) return { code: 'alias', of: canonical };
  const proven = provenOf(the, origin.addresses);
  if (proven.length === 0 || fails(the, origin.addresses)) return { code: 'ipv6-fails' };
  return {
    remedy: 'edge-proxy',
    cures: around.cures,
    monthlyUSD: 0,
    carries: 'web',
    minutes: MINUTES,
    name: host,
    origin: proven,
    loses: lossesOf(the.target),
  };
};

/** Of these, the ones at which the service was seen to answer: from outside, where somebody looked from there. */
const provenOf = (the: Case, addresses: readonly string[]): string[] => {
  const works = workingAddresses(the, 'ipv6').map(({ address }) => address);
  return addresses.filter((address) => works.includes(address));
};
