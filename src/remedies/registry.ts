import { CAUSE_CODES, type CauseCode } from '../model/cause-code.ts';
import { isWhyNot, type WhyNot } from '../model/choice.ts';
import type { Verdict } from '../model/diagnosis.ts';
import type { RemedyCode, RemedyOffer } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { offerARecord } from './a-record/offer.ts';
import { offerCdn } from './cdn.ts';
import { offerEdgeProxy } from './edge-proxy/offer.ts';
import { offerHairpin } from './hairpin.ts';
import { offerHostFirewall } from './host-firewall.ts';
import { offerIsp } from './isp.ts';
import { offerListener } from './listener.ts';
import { isConfirmed, type Offer } from './manual.ts';
import { offerOtherTunnels } from './other-tunnels.ts';
import { offerPortForward } from './port-forward.ts';
import { offerRelay } from './relay.ts';
import { offerTunnel } from './tunnel.ts';

interface Remedy {
  readonly offer: Offer;
  /** Leads around the cause instead of putting it right. */
  readonly around: boolean;
}

/**
 * Moving parts: what has to be up, beside the line and the server, for each visitor to get through. Somebody's edge is
 * one, as is a host or a program of one's own, and a certificate that has to be renewed elsewhere.
 */
const PARTS: Readonly<Record<RemedyCode | 'edge-proxy' | 'tunnel' | 'cdn', number>> = {
  listener: 0,
  'host-firewall': 0,
  isp: 0,
  'port-forward': 0,
  'a-record': 0,
  hairpin: 0,
  // The tunnel's program here, and a host or a service that it leads to.
  'other-tunnels': 2,
  relay: 1,
  'edge-proxy': 1,
  tunnel: 2,
  cdn: 2,
};

/**
 * In the order in which they are done together: from the program outwards, so that each can be seen to work before
 * the next; the record when the address that it names works; the way back last, which needs all of it.
 */
const REMEDIES: Readonly<Record<RemedyCode, Remedy>> = {
  listener: { offer: offerListener, around: false },
  'host-firewall': { offer: offerHostFirewall, around: false },
  isp: { offer: offerIsp, around: false },
  'port-forward': { offer: offerPortForward, around: false },
  'a-record': { offer: offerARecord, around: false },
  hairpin: { offer: offerHairpin, around: false },
  tunnel: { offer: offerTunnel, around: true },
  'other-tunnels': { offer: offerOtherTunnels, around: true },
  'edge-proxy': { offer: offerEdgeProxy, around: true },
  relay: { offer: offerRelay, around: true },
  cdn: { offer: offerCdn, around: true },
};

const ORDER = Object.keys(REMEDIES) as readonly RemedyCode[];

/** A remedy that fits, or why it doesn't. */
type Judged = readonly [code: RemedyCode, outcome: RemedyOffer | WhyNot];

/**
 * What makes IPv4 work in this case, best first: what fixes the cause before what goes around it, then by price, then
 * by moving parts. Only what cures every confirmed cause, alone or together with the others; empty where a cause is
 * left over.
 */
export const remediesFor = (the: Case, verdicts: readonly Verdict[]): RemedyOffer[] =>
  judged(the, verdicts)
    .flatMap(([, outcome]) => (isWhyNot(outcome) ? [] : [outcome]))
    .toSorted(byRank);

/** Why each of the others isn't among them. */
export const whyNotFor = (the: Case, verdicts: readonly Verdict[]): ReadonlyMap<RemedyCode, WhyNot> =>
  new Map(
    judged(the, verdicts).flatMap(([code, outcome]) => (isWhyNot(outcome) ? [[code, outcome] as const] : [])),
  );

/** What fixes the cause before what goes around it, then by price, then by moving parts. */
export const byRank = (one: RemedyOffer, other: RemedyOffer): number =>
  Number(REMEDIES[one.remedy].around) - Number(REMEDIES[other.remedy].around) ||
  // To ask what it costs is free.
  (one.monthlyUSD ?? 0) - (other.monthlyUSD ?? 0) ||
  PARTS[one.remedy] - PARTS[other.remedy];

function judged(the: Case, verdicts: readonly Verdict[]): Judged[] {
  const outcomes = ORDER.map((code): Judged => [code, REMEDIES[code].offer(the, verdicts)]);
  const offers = outcomes.flatMap(([, outcome]) => (isWhyNot(outcome) ? [] : [outcome]));
  const inTheWay = confirmed(verdicts);
  const fixing = offers.filter(({ remedy }) => !REMEDIES[remedy].around);
  const together = new Set([...fixing.flatMap(({ cures }) => cures), ...laterCured(inTheWay)]);
  const isWhole = inTheWay.every((cause) => together.has(cause));
  return outcomes.map(([code, outcome]): Judged => {
    if (isWhyNot(outcome) || curesAll(outcome, inTheWay)) return [code, outcome];
    if (isWhole && fixing.includes(outcome) && curesAny(outcome, inTheWay)) return [code, outcome];
    return [code, { code: 'leaves', causes: inTheWay.filter((cause) => !outcome.cures.includes(cause)) }];
  });
}

/**
 * The remedies that have to be done together, in this order, where none that fixes a cause cures all of them; else
 * empty. `a-record` is among them without an offer where no address works yet that the record could name.
 */
export function combinationFor(
  _the: Case,
  verdicts: readonly Verdict[],
  offers: readonly RemedyOffer[],
): RemedyCode[] {
  const inTheWay = confirmed(verdicts);
  const fixing = offers.filter(({ remedy }) => !REMEDIES[remedy].around);
  if (inTheWay.length < 2 || fixing.some((offer) => curesAll(offer, inTheWay))) return [];
  const needed = new Set<RemedyCode>(
    fixing.filter((offer) => curesAny(offer, inTheWay)).map(({ remedy }) => remedy),
  );
  if (needed.size === 0) return [];
  if (laterCured(inTheWay).length > 0) needed.add('a-record');
  return ORDER.filter((code) => needed.has(code));
}

const confirmed = (verdicts: readonly Verdict[]): CauseCode[] =>
  CAUSE_CODES.filter((cause) => isConfirmed(verdicts, cause));

const curesAll = ({ cures }: RemedyOffer, causes: readonly CauseCode[]): boolean =>
  causes.every((cause) => cures.includes(cause));

const curesAny = ({ cures }: RemedyOffer, causes: readonly CauseCode[]): boolean =>
  causes.some((cause) => cures.includes(cause));

/** The record is corrected when the others have made an address work: before, there is none to write. */
const laterCured = (inTheWay: readonly CauseCode[]): CauseCode[] =>
  inTheWay.length > 1 && inTheWay.includes('dns') ? ['dns'] : [];
