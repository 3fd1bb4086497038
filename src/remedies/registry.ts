import type { RemedyOffer, Verdict } from '../model/diagnosis.ts';
import type { Case } from '../model/view/case.ts';
import { offerARecord } from './a-record/offer.ts';

type Offer = (the: Case, verdicts: readonly Verdict[]) => RemedyOffer | null;

/** The remedies that are built, best first: those that fix the cause before those that go around it. */
const OFFERS: readonly Offer[] = [offerARecord];

/** What makes IPv4 work in this case; empty where no remedy is known to. */
export const remediesFor = (the: Case, verdicts: readonly Verdict[]): RemedyOffer[] =>
  OFFERS.flatMap((offer) => offer(the, verdicts) ?? []);
