import { isPublic, scopeOf } from '../../model/address.ts';
import type { Finding } from '../../model/finding.ts';
import type { BoxInFront } from '../../model/view/box-in-front.ts';
import type { Case } from '../../model/view/case.ts';
import { defaultTunnel } from '../../model/view/home.ts';
import { isBehindNat, isOpenInFront, lineOf, observed4, wanWords } from '../../model/view/line.ts';
import type { PublicRecords } from '../../model/view/records.ts';
import { reaches, stateOf } from '../../model/view/service.ts';
import { answersSomewhere } from '../../model/view/way.ts';
import type { Opinion } from '../cause.ts';
import { lookFromOutside, readBoxInFront } from '../next.ts';

/**
 * What the A records should say, where the router's own address is known: that address, or nothing where it isn't
 * public. Decides even where nothing answers yet, because another layer fails as well. Null where it can't.
 */
export function judgeByLine(the: Case, records: PublicRecords): Opinion | null {
  const line = lineOf(the);
  const wan = publicWan(the);
  if (wan === null && (isBehindNat(line) || isOpenInFront(line))) return withoutAddress(the, records);
  if (wan === null) return null;
  const evidence = [...records.evidence, ...wan.evidence];
  const should: Finding = { code: 'a-should-be-wan', args: { wan: wan.address } };
  if (records.addresses.length === 0) {
    const missing: Finding = { code: 'a-missing', args: { name: records.canonical } };
    return { verdict: 'confirmed', because: [missing, should], evidence, next: null };
  }
  const others = records.addresses.filter((address) => address !== wan.address);
  if (others.length === 0) {
    return {
      verdict: 'ruled-out',
      because: [{ code: 'a-is-wan', args: { address: wan.address } }],
      evidence,
      next: null,
    };
  }
  const looks = fates(the, others);
  // Another address that answers may be a relay's or a second line's: no mistake.
  if (looks.some(({ state }) => state === 'answers' || state === 'unclear')) return null;
  const because: Finding[] = [
    ...looks.map(
      ({ address, tries, outcome, state }): Finding =>
        state === 'unseen'
          ? { code: 'a-not-own', args: { address, own: [wan.address] } }
          : state === 'stranger'
            ? { code: 'a-other-service', args: { address, vantage: 'outside' } }
            : { code: 'a-dead', args: { address, vantage: 'outside', tries, outcome } },
    ),
    should,
  ];
  const seen = looks.flatMap((look) => look.evidence);
  if (looks.every(({ state }) => state === 'dead' || state === 'stranger')) {
    const alive = records.addresses.filter((address) => address === wan.address);
    const some: Finding[] =
      alive.length === 0 ? [] : [{ code: 'some-a-dead', args: { dead: others, alive } }];
    return {
      verdict: 'confirmed',
      because: [...some, ...because],
      evidence: [...evidence, ...seen],
      next: null,
    };
  }
  return { verdict: 'suspected', because, evidence: [...evidence, ...seen], next: lookFromOutside(the) };
}

/** The public address that the router itself, or a person who read its page, named; not what services see. */
function publicWan(the: Case): { address: string; evidence: string[] } | null {
  const line = lineOf(the);
  if (line.kind === 'no-nat' || line.kind === 'public')
    return { address: line.wan, evidence: [...line.evidence] };
  // The box in front told its own address: whether it passes the port on or has yet to, clients need that one.
  if (line.box?.wan != null) {
    const { evidence, wan } = line.box;
    return isPublic(wan) ? { address: wan, evidence: [...evidence] } : null;
  }
  const words = wanWords(the).filter(({ wan }) => wan !== null);
  const [first] = words;
  if (first?.wan == null || !isPublic(first.wan) || words.some(({ wan }) => wan !== first.wan)) return null;
  return { address: first.wan, evidence: words.map(({ evidence }) => evidence) };
}

interface Fate {
  readonly address: string;
  readonly state: 'answers' | 'dead' | 'stranger' | 'unclear' | 'unseen';
  readonly tries: number;
  readonly outcome: string;
  readonly evidence: string[];
}

/** What was seen from outside at addresses that aren't the router's. */
function fates(the: Case, addresses: readonly string[]): Fate[] {
  return addresses.map((address) => {
    const nothing = { address, tries: 0, outcome: '', evidence: [] };
    if (!isPublic(address)) return { ...nothing, state: 'unclear' };
    const looks = reaches(the, 'ipv4')
      .filter(({ facts, vantage }) => facts.address === address && vantage === 'outside')
      .map((item) => ({ item, state: stateOf(the, item) }));
    const [first] = looks;
    if (first === undefined) {
      const here = reaches(the, 'ipv4').filter(({ facts }) => facts.address === address);
      return {
        ...nothing,
        state: here.some((item) => stateOf(the, item) === 'answers') ? 'answers' : 'unseen',
      };
    }
    const { attempts } = first.item.facts;
    const seen = {
      address,
      tries: attempts.length,
      outcome: attempts[0]?.outcome ?? '',
      evidence: looks.map(({ item }) => item.id),
    };
    if (looks.some(({ state }) => state === 'answers')) return { ...seen, state: 'answers' };
    if (looks.every(({ state }) => state === 'other-service')) return { ...seen, state: 'stranger' };
    return { ...seen, state: looks.every(({ state }) => state === 'dead') ? 'dead' : 'unclear' };
  });
}

/** A box of one's own, whose address on the internet side nobody told. */
const mayHaveAddress = (box: BoxInFront | null): boolean =>
  box === null || (!box.isProvider && (box.wan === null || scopeOf(box.wan) === 'private'));

/** The line has no public address: there is none that an A could rightly hold. */
function withoutAddress(the: Case, records: PublicRecords): Opinion | null {
  if (answersSomewhere(the) !== null) return null;
  const line = lineOf(the);
  const evidence = [...records.evidence, ...line.evidence];
  if (records.addresses.length === 0 && line.kind === 'private' && mayHaveAddress(line.box)) {
    // A box in front that can pass the port on has an address which the record lacks; the provider's NAT has none.
    const missing: Finding = { code: 'a-missing', args: { name: records.canonical } };
    const isOpen = isOpenInFront(line);
    return {
      verdict: isOpen ? 'suspected' : 'unknown',
      because: [missing],
      evidence,
      next: isOpen ? readBoxInFront(the) : null,
    };
  }
  if (records.addresses.length === 0) {
    return {
      verdict: 'ruled-out',
      because: [{ code: 'a-rightly-missing', args: { name: records.canonical } }],
      evidence,
      next: null,
    };
  }
  const observed = observed4(the).map(({ address }) => address);
  const strange = records.addresses.filter((address) => !observed.includes(address) && isPublic(address));
  const tunnel = defaultTunnel(the);
  if (strange.length > 0 && (tunnel !== null || observed.length === 0)) {
    // Nobody sees the address that the line shares with others: not through a tunnel's exit, nor without a way out.
    const because: Finding[] =
      tunnel === null
        ? [{ code: 'no-address-known', args: {} }]
        : [{ code: 'observed-through-tunnel', args: { observed, interface: tunnel } }];
    return { verdict: 'unknown', because, evidence, next: null };
  }
  if (strange.length > 0) return leadsElsewhere(the, strange, observed, evidence);
  if (!records.addresses.every((address) => observed.includes(address))) return null;
  return {
    verdict: 'ruled-out',
    because: records.addresses.map(
      (address): Finding => ({ code: isOpenInFront(line) ? 'a-is-own' : 'a-is-shared', args: { address } }),
    ),
    evidence: [...evidence, ...observed4(the).map((each) => each.evidence)],
    next: null,
  };
}

/** An address that is neither the line's nor anybody's who answers. */
function leadsElsewhere(
  the: Case,
  strange: string[],
  observed: string[],
  evidence: string[],
): Opinion | null {
  const looks = fates(the, strange);
  if (looks.some(({ state }) => state === 'answers' || state === 'unclear')) return null;
  const because = looks.map(
    ({ address }): Finding => ({ code: 'a-not-own', args: { address, own: observed } }),
  );
  const seen = [...evidence, ...looks.flatMap((look) => look.evidence)];
  const certain = looks.every(({ state }) => state === 'dead' || state === 'stranger');
  const dead = looks
    .filter(({ state }) => state === 'dead')
    .map(
      ({ address, tries, outcome }): Finding => ({
        code: 'a-dead',
        args: { address, vantage: 'outside', tries, outcome },
      }),
    );
  return {
    verdict: certain ? 'confirmed' : 'suspected',
    because: [...because, ...dead],
    evidence: seen,
    next: certain ? null : lookFromOutside(the),
  };
}
