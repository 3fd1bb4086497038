import { isPublic } from '../model/address.ts';
import { CAUSE_CODES, type CauseCode } from '../model/cause-code.ts';
import type { WhyNot } from '../model/choice.ts';
import type { Verdict } from '../model/diagnosis.ts';
import type { Case } from '../model/view/case.ts';
import { edgeOf } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import { reaches, stateOf, workingAddresses } from '../model/view/service.ts';
import { isConfirmed } from './manual.ts';

/** What every remedy that leads around the line's IPv4 cures: whatever is confirmed there; or why none is needed. */
export function goesAround(the: Case, verdicts: readonly Verdict[]): { cures: CauseCode[] } | WhyNot {
  const cures = CAUSE_CODES.filter((cause) => isConfirmed(verdicts, cause));
  if (cures.length === 0) return { code: 'nothing-in-the-way' };
  // From inside one's own home only, it is no reason to go around by somebody else.
  if (cures.every((cause) => cause === 'hairpin')) return { code: 'only-from-inside' };
  const [works] = workingAddresses(the, 'ipv4');
  return works === undefined ? { cures } : { code: 'ipv4-works', address: works.address };
}

interface FoundOrigin {
  /** The name, whose AAAA is followed, or the address. */
  readonly host: string;
  readonly addresses: readonly string[];
}

/** Where something outside can lead to; not where there is no public IPv6 address, or some of a name's aren't. */
export function originOf(the: Case): FoundOrigin | WhyNot {
  const { host, hostKind } = the.target;
  if (hostKind === 'ipv4') return { code: 'target-is-ipv4' };
  if (hostKind === 'ipv6')
    return isPublic(host) ? { host, addresses: [host] } : { code: 'not-public', address: host };
  const records = publicRecords(the, 'AAAA');
  const { addresses, chain, definite, partlyMissing } = records;
  if (!definite) return { code: 'records-unknown', type: 'AAAA' };
  if (addresses.length === 0) return { code: 'no-aaaa' };
  if (partlyMissing) return { code: 'aaaa-partly-missing' };
  // Behind a provider's edge, IPv6 visitors don't get to the server either.
  const provider = edgeOf(addresses, chain);
  if (provider !== null) return { code: 'behind-edge', provider };
  const inside = addresses.find((address) => !isPublic(address));
  return inside === undefined ? { host, addresses } : { code: 'not-public', address: inside };
}

/** The same where the name's own records are to change: those of an alias belong to the name that it leads to. */
export function ownOriginOf(the: Case): FoundOrigin | WhyNot {
  const origin = originOf(the);
  if ('code' in origin) return origin;
  const { chain, canonical } = publicRecords(the, 'AAAA');
  return chain.length > 0 ? { code: 'alias', of: canonical } : origin;
}

/** IPv6 was tried, from outside where somebody did, and answered nowhere as the service. */
export function fails(the: Case, addresses: readonly string[]): boolean {
  const tried = reaches(the, 'ipv6')
    .filter(({ facts }) => addresses.includes(facts.address))
    .map((item) => ({ outside: item.vantage === 'outside', state: stateOf(the, item) }))
    .filter(({ state }) => state !== 'not-tried');
  const outside = tried.filter((each) => each.outside);
  const counted = outside.length > 0 ? outside : tried;
  return counted.some(({ state }) => state === 'dead' || state === 'other-service');
}
