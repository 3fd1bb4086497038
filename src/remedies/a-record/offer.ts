import type { Verdict } from '../../model/diagnosis.ts';
import type { RemedyOffer } from '../../model/remedy-offer.ts';
import type { Case } from '../../model/view/case.ts';
import { edgeProvider } from '../../model/view/proxies.ts';
import { reachability } from '../../model/view/reachability.ts';
import { publicRecords, type RecordType } from '../../model/view/records.ts';
import { control, workingAddresses } from '../../model/view/service.ts';
import { stableAddresses } from '../../model/view/stable.ts';

type ARecordOffer = Extract<RemedyOffer, { remedy: 'a-record' }>;
type Change = ARecordOffer['changes'][number];

/** Minutes: one API call, and the record's spread to the zone's servers. */
const MINUTES = 1;

/**
 * Offers to correct the records, if there is an address that was seen to answer as the same service as IPv6: no
 * other address is ever proposed. Null where there is none, or nothing to correct.
 */
export function offerARecord(the: Case, verdicts: readonly Verdict[]): ARecordOffer | null {
  const dns = verdicts.find(({ cause }) => cause === 'dns');
  if (dns === undefined || (dns.verdict !== 'confirmed' && dns.verdict !== 'suspected')) return null;
  const changes = [...correctA(the), ...correctAaaa(the, dns)];
  if (changes.length === 0) return null;
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

function correctA(the: Case): Change[] {
  const records = publicRecords(the, 'A');
  // A resolver's word, or a private server's, isn't enough to change what the internet is told.
  if (!records.definite || records.internal || records.source === 'resolver') return [];
  // A name that doesn't exist may be a typing error, and would get an A without an AAAA.
  if (records.outcome === 'nxdomain' || isProxied(records.addresses, records.chain)) return [];
  if (reachability(the, 'ipv4') === 'yes') return [];
  const [works] = workingAddresses(the, 'ipv4');
  // Without IPv6 to compare with, "the same service" is nothing that was seen.
  if (works === undefined || control(the) === null) return [];
  if (records.addresses.length === 1 && records.addresses[0] === works.address) return [];
  return [{ type: 'A', from: [...records.addresses], to: works.address, seenIn: works.evidence }];
}

function correctAaaa(the: Case, dns: Verdict): Change[] {
  const wrong = dns.because.some(({ code }) => code === 'aaaa-not-this-server' || code === 'aaaa-temporary');
  const records = publicRecords(the, 'AAAA');
  if (!wrong || !records.definite || isProxied(records.addresses, records.chain)) return [];
  const stable = stableAddresses(the).map(({ address }) => address);
  const works = workingAddresses(the, 'ipv6').find(({ address }) => stable.includes(address));
  if (works === undefined) return [];
  return [
    {
      type: 'AAAA' satisfies RecordType,
      from: [...records.addresses],
      to: works.address,
      seenIn: works.evidence,
    },
  ];
}

const isProxied = (addresses: readonly string[], chain: readonly string[]): boolean =>
  addresses.some((address) => edgeProvider(address, chain) !== null);
