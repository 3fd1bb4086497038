import { type Choices, type Fit, isProvisioned, PROVISIONED, type Unfit } from '../model/choice.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Plan } from '../model/plan.ts';
import type { RemedyCode, RemedyOffer } from '../model/remedy-offer.ts';
import { type DnsHost, type DnsProvider, dnsHost, isKeptAt } from '../model/view/dns-host.ts';
import { byRank, whyNotFor } from './registry.ts';

interface Records {
  /** Where reach4 can write what the remedy needs in DNS. */
  readonly at: readonly DnsProvider[];
  /** The zone is elsewhere: the records are written by hand beside it, or all of it is done by hand. */
  readonly elsewhere: 'records-by-hand' | 'all-by-hand';
}

/** Those that fit wherever the zone is kept. The others need it at one provider, and aren't offered elsewhere. */
const RECORDS: Readonly<Partial<Record<Plan['remedy'], Records>>> = {
  'a-record': { at: ['cloudflare', 'route53'], elsewhere: 'all-by-hand' },
  relay: { at: ['cloudflare', 'route53'], elsewhere: 'records-by-hand' },
};

/** What there is to choose from after a diagnosis, and why each of the others isn't among it. */
export function choicesFor(diagnosis: Diagnosis): Choices {
  const { remedies, combination, target } = diagnosis;
  const whyNot = whyNotFor(diagnosis, diagnosis.verdicts);
  const others = CODES.filter((code) => !remedies.some(({ remedy }) => remedy === code)).map(
    (remedy): Unfit => ({ remedy, because: whyNot.get(remedy) ?? { code: 'not-in-diagnosis' } }),
  );
  const fits = remedies.map((offer) => place(offer, diagnosis));
  const turn = ({ offer }: Fit): number =>
    combination.includes(offer.remedy) ? combination.indexOf(offer.remedy) : combination.length;
  return {
    fits: fits.toSorted((one, other) => turn(one) - turn(other) || byRank(one.offer, other.offer)),
    unfit: others.filter(isWorthSaying),
    together: combination,
    dns: target.hostKind === 'name' ? dnsHost(diagnosis, target.host) : null,
  };
}

/** What reach4 can make first. */
const CODES = (Object.keys(PROVISIONED) as RemedyCode[]).toSorted(
  (one, other) => Number(PROVISIONED[other]) - Number(PROVISIONED[one]),
);

/** Of what is done by hand, only what may be needed: that there is no fault to put right is no news. */
const isWorthSaying = ({ remedy, because }: Unfit): boolean =>
  PROVISIONED[remedy] || because.code !== 'not-the-cause' || because.suspected.length > 0;

/** An offer, as far as it can be had where the name's records are kept. */
function place(offer: RemedyOffer, diagnosis: Diagnosis): Fit {
  const { remedy } = offer;
  if (!isProvisioned(remedy)) return { offer, how: 'by-hand', dnsElsewhere: null };
  const records = RECORDS[remedy];
  const host = hostOf(offer, diagnosis);
  // Where nobody knows who keeps it, the plan finds out.
  if (records === undefined || host === null || isKeptAt(host, records.at) !== false)
    return { offer, how: 'planned', dnsElsewhere: null };
  return { offer, how: records.elsewhere === 'all-by-hand' ? 'by-hand' : 'planned', dnsElsewhere: host };
}

/** Who keeps the records that the offer is about; null where there are none, or nobody saw it. */
function hostOf(offer: RemedyOffer, diagnosis: Diagnosis): DnsHost | null {
  if (offer.remedy === 'a-record') return dnsHost(diagnosis, offer.name);
  return diagnosis.target.hostKind === 'name' ? dnsHost(diagnosis, diagnosis.target.host) : null;
}
