import type { WhyNot } from '../../model/choice.ts';
import type { Verdict } from '../../model/diagnosis.ts';
import type { RemedyOffer } from '../../model/remedy-offer.ts';
import type { Case } from '../../model/view/case.ts';
import { edgeOf } from '../../model/view/proxies.ts';
import { reachability } from '../../model/view/reachability.ts';
import { publicRecords, type RecordType } from '../../model/view/records.ts';
import { control, workingAddresses } from '../../model/view/service.ts';
import { stableAddresses } from '../../model/view/stable.ts';
import { notTheCause } from '../manual.ts';

type ARecordOffer = Extract<RemedyOffer, { remedy: 'a-record' }>;
type Change = ARecordOffer['changes'][number];

/** Minutes: one API call, and the record's spread to the zone's servers. */
const MINUTES = 1;

/**
 * Offers to correct the records, if there is an address that was seen to answer as the same service as IPv6: no
 * other address is ever proposed.
 */
export function offerARecord(the: Case, verdicts: readonly Verdict[]): ARecordOffer | WhyNot {
  const dns = verdicts.find(
    ({ cause, verdict }) => cause === 'dns' && (verdict === 'confirmed' || verdict === 'suspected'),
  );
  const a = correctA(the);
  if (dns === undefined) return 'code' in a ? a : notTheCause(verdicts, 'dns');
  const aaaa = correctAaaa(the, dns);
  const changes = [a, aaaa].flatMap((outcome) => (outcome === null || 'code' in outcome ? [] : [outcome]));
  // An AAAA that is wrong says more than an A that isn't.
  const [why] = [aaaa, a].flatMap((outcome) => (outcome !== null && 'code' in outcome ? [outcome] : []));
  if (changes.length === 0 && why !== undefined) return why;
  const name = publicRecords(the, changes[0]?.type ?? 'A').canonical;
  return {
    remedy: 'a-record',
    cures: ['dns'],
    monthlyUSD: 0,
    carries: 'everything',
    minutes: MINUTES,
    name,
    changes,
  };
}

function correctA(the: Case): Change | WhyNot {
  if (the.target.hostKind !== 'name') return { code: 'no-name' };
  const records = publicRecords(the, 'A');
  // A resolver's word, or a private server's, isn't enough to change what the internet is told.
  if (!records.definite || records.internal || records.source === 'resolver')
    return { code: 'records-unknown', type: 'A' };
  // A name that doesn't exist may be a typing error, and would get an A without an AAAA.
  if (records.outcome === 'nxdomain') return { code: 'no-such-name', name: records.canonical };
  const provider = edgeOf(records.addresses, records.chain);
  if (provider !== null) return { code: 'behind-edge', provider };
  if (reachability(the, 'ipv4') === 'yes') return { code: 'records-right' };
  const [works] = workingAddresses(the, 'ipv4');
  if (works === undefined) return { code: 'no-working-ipv4' };
  // Without IPv6 to compare with, "the same service" is nothing that was seen.
  if (control(the) === null) return { code: 'no-control' };
  if (records.addresses.length === 1 && records.addresses[0] === works.address)
    return { code: 'records-right' };
  return { type: 'A', from: [...records.addresses], to: works.address, seenIn: works.evidence };
}

/** Null where nothing is wrong with it. */
function correctAaaa(the: Case, dns: Verdict): Change | WhyNot | null {
  const wrong = dns.because.some(({ code }) => code === 'aaaa-not-this-server' || code === 'aaaa-temporary');
  const records = publicRecords(the, 'AAAA');
  if (!wrong || !records.definite || edgeOf(records.addresses, records.chain) !== null) return null;
  const stable = stableAddresses(the).map(({ address }) => address);
  const works = workingAddresses(the, 'ipv6').find(({ address }) => stable.includes(address));
  if (works === undefined) return { code: 'no-lasting-ipv6' };
  return {
    type: 'AAAA' satisfies RecordType,
    from: [...records.addresses],
    to: works.address,
    seenIn: works.evidence,
  };
}
