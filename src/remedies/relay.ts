import { isPublic } from '../model/address.ts';
import { CAUSE_CODES } from '../model/cause-code.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { edgeProvider } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import { reaches, stateOf, workingAddresses } from '../model/view/service.ts';
import { isConfirmed, type Offer, transportOf } from './manual.ts';
import { lossesOf } from './relay/losses.ts';
import { CHEAPEST } from './relay/prices.ts';

/** Minutes: a host starts in about two, and installs what it needs in as many. */
const MINUTES = 4;

type RelayOffer = Extract<RemedyOffer, { remedy: 'relay' }>;

/**
 * A host with an IPv4 address that leads to the server's IPv6: it needs nothing of the line's IPv4, so it goes round
 * whatever is wrong there. Null where IPv6 is known not to work, or IPv4 works already and only clients don't know it.
 */
export const offerRelay: Offer = (the, verdicts): RelayOffer | null => {
  const cures = CAUSE_CODES.filter((cause) => isConfirmed(verdicts, cause));
  // From inside one's own home only, it is no reason to pay for a host elsewhere.
  if (cures.every((cause) => cause === 'hairpin')) return null;
  if (workingAddresses(the, 'ipv4').length > 0) return null;
  const origin = originOf(the);
  if (origin === null || fails(the, origin.addresses)) return null;
  return {
    remedy: 'relay',
    cures,
    monthlyUSD: CHEAPEST.monthlyUSD,
    carries: 'everything',
    minutes: MINUTES,
    origin: origin.host,
    traffic: CHEAPEST.traffic,
    loses: lossesOf({ protocol: the.target.protocol, port: the.target.port, transport: transportOf(the) }),
  };
};

interface FoundOrigin {
  /** The name, whose AAAA the relay follows, or the address. */
  readonly host: string;
  readonly addresses: readonly string[];
}

/** Where a relay can lead to; null where there is no public IPv6 address, or some of a name's aren't. */
function originOf(the: Case): FoundOrigin | null {
  const { host, hostKind } = the.target;
  if (hostKind === 'ipv4') return null;
  if (hostKind === 'ipv6') return isPublic(host) ? { host, addresses: [host] } : null;
  const records = publicRecords(the, 'AAAA');
  const { addresses, chain, definite, partlyMissing } = records;
  if (!definite || partlyMissing || addresses.length === 0) return null;
  // Behind a provider's edge, IPv6 visitors don't get to the server either.
  const isOwn = (address: string): boolean => isPublic(address) && edgeProvider(address, chain) === null;
  return addresses.every(isOwn) ? { host, addresses } : null;
}

/** IPv6 was tried, from outside where somebody did, and answered nowhere as the service. */
function fails(the: Case, addresses: readonly string[]): boolean {
  const tried = reaches(the, 'ipv6')
    .filter(({ facts }) => addresses.includes(facts.address))
    .map((item) => ({ outside: item.vantage === 'outside', state: stateOf(the, item) }))
    .filter(({ state }) => state !== 'not-tried');
  const outside = tried.filter((each) => each.outside);
  const counted = outside.length > 0 ? outside : tried;
  return counted.some(({ state }) => state === 'dead' || state === 'other-service');
}
