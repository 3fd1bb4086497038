import type { WhyNot } from '../model/choice.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import { type Offer, transportOf } from './manual.ts';
import { fails, goesAround, originOf } from './origin.ts';
import { lossesOf } from './relay/losses.ts';
import { CHEAPEST } from './relay/prices.ts';

/** Minutes: a host starts in about two, and installs what it needs in as many. */
const MINUTES = 4;

type RelayOffer = Extract<RemedyOffer, { remedy: 'relay' }>;

/**
 * A host with an IPv4 address that leads to the server's IPv6: it needs nothing of the line's IPv4, so it goes round
 * whatever is wrong there. Not where IPv6 is known not to work, or IPv4 works already and only clients don't know it.
 */
export const offerRelay: Offer = (the, verdicts): RelayOffer | WhyNot => {
  const around = goesAround(the, verdicts);
  if ('code' in around) return around;
  const origin = originOf(the);
  if ('code' in origin) return origin;
  if (fails(the, origin.addresses)) return { code: 'ipv6-fails' };
  return {
    remedy: 'relay',
    cures: around.cures,
    monthlyUSD: CHEAPEST.monthlyUSD,
    carries: 'everything',
    minutes: MINUTES,
    origin: origin.host,
    traffic: CHEAPEST.traffic,
    loses: lossesOf({ protocol: the.target.protocol, port: the.target.port, transport: transportOf(the) }),
  };
};
