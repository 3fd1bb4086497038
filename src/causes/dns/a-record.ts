import { isPublic } from '../../model/address.ts';
import type { Next } from '../../model/diagnosis.ts';
import type { Finding } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import { wanWords } from '../../model/view/line.ts';
import { type PublicRecords, publicRecords, resolvers, sameSet } from '../../model/view/records.ts';
import {
  ownAddresses,
  reaches,
  stateOf,
  type WorkingAddress,
  workingAddresses,
} from '../../model/view/service.ts';
import type { Opinion } from '../cause.ts';
import {
  allowPublicServices,
  askAuthority,
  giveIpv4,
  lookFromOutside,
  readWanAddress,
  repeatLater,
  sayWhereThisRuns,
} from '../next.ts';
import { type AssessedAddress, assess } from './assess.ts';
import { judgeByLine } from './by-line.ts';

/** Whether the A records lead to the service. */
export function judgeA(the: Case): Opinion {
  const records = publicRecords(the, 'A');
  const seen = records.addresses.length === 0 ? missing(the, records) : present(the, records);
  // What was seen to work counts more than what should be there.
  const opinion = isSettled(seen) ? seen : (judgeByLine(the, records) ?? seen);
  const aliases: Finding[] =
    records.chain.length === 0
      ? []
      : [
          {
            code: 'cname',
            args: { name: the.target.host, canonical: records.canonical, hops: records.chain.length },
          },
        ];
  return limit(the, records, { ...opinion, because: [...opinion.because, ...aliases] });
}

const isSettled = ({ verdict }: Opinion): boolean => verdict === 'confirmed' || verdict === 'ruled-out';

/** A claim can't be surer than who answered for the zone: caches alone never confirm. */
function limit(the: Case, records: PublicRecords, opinion: Opinion): Opinion {
  if (opinion.verdict !== 'confirmed' || isSure(the, records)) return opinion;
  return { ...opinion, verdict: 'suspected', next: opinion.next ?? askAuthority(the, records.canonical) };
}

function isSure(the: Case, records: PublicRecords): boolean {
  const elsewhere = [...resolvers(the, 'outside'), ...resolvers(the, 'here')].filter(
    ({ id, facts }) => !records.evidence.includes(id) && agrees(facts.a.addresses, records),
  );
  if (records.source === 'authority') {
    return !records.internal || elsewhere.some(({ vantage }) => vantage === 'outside');
  }
  return records.source === 'outside-resolver' && elsewhere.length > 0;
}

const agrees = (addresses: readonly { address: string }[], records: PublicRecords): boolean =>
  sameSet(
    addresses.map(({ address }) => address),
    records.addresses,
  );

/** There is no A record: wrong only if there is an address that it could name. */
function missing(the: Case, records: PublicRecords): Opinion {
  const because: Finding[] = [{ code: 'a-missing', args: { name: records.canonical } }];
  const works = bestWorking(the);
  if (works !== undefined) {
    return {
      verdict: 'confirmed',
      because: [...because, worksFinding(works)],
      evidence: [...records.evidence, works.evidence],
      next: null,
    };
  }
  return suspected(the, records, because);
}

const WORST_FIRST: readonly AssessedAddress['worth'][] = ['wrong', 'unclear', 'right'];

function present(the: Case, records: PublicRecords): Opinion {
  // What is wrong is said first.
  const each = records.addresses
    .map((address) => assess(the, address, records.chain))
    .sort((one, other) => WORST_FIRST.indexOf(one.worth) - WORST_FIRST.indexOf(other.worth));
  const because = each.flatMap(({ findings }) => findings);
  const evidence = [...records.evidence, ...each.flatMap((record) => record.evidence)];
  const of = (worth: AssessedAddress['worth']): string[] =>
    each.filter((record) => record.worth === worth).map(({ address }) => address);
  const right = of('right');
  const wrong = of('wrong');

  if (right.length === each.length) return { verdict: 'ruled-out', because, evidence, next: null };
  if (right.length > 0 && wrong.length > 0) {
    const some: Finding = { code: 'some-a-dead', args: { dead: wrong, alive: right } };
    return { verdict: 'confirmed', because: [some, ...because], evidence, next: null };
  }
  if (right.length > 0) {
    // The others fail here and aren't this line's: wrong, or a second line without hairpin.
    const odd = each.some(
      ({ findings }) =>
        findings.some(({ code }) => code === 'a-not-own') &&
        findings.some(({ code }) => code === 'a-dead' || code === 'a-other-service'),
    );
    return { verdict: odd ? 'suspected' : 'unknown', because, evidence, next: cheapest(the) };
  }
  const works = bestWorking(the);
  if (records.addresses.every((address) => !isPublic(address))) {
    const better = works === undefined ? [] : [worksFinding(works)];
    const seenIn = works === undefined ? [] : [works.evidence];
    return {
      verdict: 'confirmed',
      because: [...because, ...better],
      evidence: [...evidence, ...seenIn],
      next: null,
    };
  }
  if (works !== undefined) {
    // From inside, an address may fail only because the router has no hairpin for it.
    const certain = wrong.length === each.length;
    return {
      verdict: certain ? 'confirmed' : 'suspected',
      because: [...because, worksFinding(works)],
      evidence: [...evidence, works.evidence],
      next: certain ? null : cheapest(the),
    };
  }
  const own = ownAddresses(the, 'ipv4');
  const isOwn = records.addresses.some((address) => own.some((mine) => mine.address === address));
  // Somebody else answers where the service should: the record leads astray, or the router doesn't lead on.
  const strangers = each.every(({ findings }) => findings.some(({ code }) => code === 'a-other-service'));
  if (own.length === 0 && strangers && each.every(({ worth }) => worth === 'wrong')) {
    return { verdict: 'suspected', because, evidence, next: cheapest(the) };
  }
  if (
    isOwn ||
    own.length === 0 ||
    each.some(({ findings }) => findings.some(({ code }) => code === 'a-flaky'))
  ) {
    // The line's own address: what fails lies behind the record, and no look at DNS would tell more.
    const settled = isOwn && reaches(the, 'ipv4').some(({ vantage }) => vantage === 'outside');
    const isFlaky = each.some(({ findings }) => findings.some(({ code }) => code === 'a-flaky'));
    return { verdict: 'unknown', because, evidence, next: settled && !isFlaky ? null : cheapest(the) };
  }
  return suspected(the, { ...records, evidence }, because);
}

/** The record is odd, but no address is known that would be better. */
function suspected(the: Case, records: PublicRecords, because: readonly Finding[]): Opinion {
  const own = ownAddresses(the, 'ipv4');
  const tried = reaches(the, 'ipv4').filter(({ facts }) =>
    own.some(({ address }) => address === facts.address),
  );
  const findings: Finding[] =
    own.length === 0
      ? [{ code: 'no-address-known', args: {} }]
      : tried.flatMap((item): Finding[] => {
          const state = stateOf(the, item);
          // What answers but isn't offered was contradicted from elsewhere; what wasn't tried says nothing.
          if (state === 'answers' || state === 'not-tried') return [];
          const { address } = item.facts;
          return [{ code: 'address-not-seen-working', args: { address, vantage: item.vantage, state } }];
        });
  return {
    verdict: 'suspected',
    because: [...because, ...findings],
    evidence: [...records.evidence, ...own.map(({ evidence }) => evidence), ...tried.map(({ id }) => id)],
    next: cheapest(the),
  };
}

/** The cheapest observation that is still missing. */
function cheapest(the: Case): Next | null {
  const fromOutside = reaches(the).some(({ vantage }) => vantage === 'outside');
  if (ownAddresses(the, 'ipv4').length === 0) {
    if (the.vantage === 'unknown') return sayWhereThisRuns(the);
    const asked = the.evidence.some(({ probe, status }) => probe === 'whoami' && status !== 'skipped');
    if (the.vantage === 'outside') return giveIpv4(the);
    return asked ? readWanAddress(the) : allowPublicServices(the);
  }
  if (!fromOutside) return lookFromOutside(the);
  if (reaches(the, 'ipv4').some((item) => stateOf(the, item) === 'flaky')) return repeatLater(the);
  // A service sees the exit of a VPN, or an address shared by many: the router knows the line's own.
  const isKnown =
    wanWords(the).length > 0 || reaches(the, 'ipv4').some(({ facts }) => facts.roles.includes('given'));
  return isKnown ? null : the.vantage === 'outside' ? giveIpv4(the) : readWanAddress(the);
}

const bestWorking = (the: Case): WorkingAddress | undefined => workingAddresses(the, 'ipv4')[0];

const worksFinding = ({ address, seenFrom }: WorkingAddress): Finding => ({
  code: 'address-works',
  args: { address, vantage: seenFrom, family: 'ipv4' },
});
