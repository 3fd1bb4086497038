import { type Family, isPublic } from '../address.ts';
import type { Tri } from '../diagnosis.ts';
import type { Case } from './case.ts';
import { edgeProvider } from './proxies.ts';
import { answerOf, isUnresolvable, publicRecords, type RecordType, resolvers } from './records.ts';
import { type AddressState, clientAddresses, control, reaches, seesAsInternet, stateOf } from './service.ts';

/**
 * Whether a client on the internet gets the service over the family.
 * Only what was seen from outside counts, except where there is no address that anybody could use.
 */
export function reachability(the: Case, family: Family): Tri {
  const { target } = the;
  const records = target.hostKind === 'name' ? publicRecords(the, family === 'ipv4' ? 'A' : 'AAAA') : null;
  if (records !== null && !records.definite) return isUnresolvable(the) ? 'no' : 'unknown';
  const addresses = clientAddresses(the, family);
  // What a resolver or a server of the local network says may be meant for the local network only.
  const isPublicWord = records !== null && records.source !== 'resolver' && !records.internal;
  if (addresses.length === 0) return isPublicWord ? 'no' : 'unknown';
  if (records?.partlyMissing === true) return 'no';
  if (addresses.every((address) => !isPublic(address)) && records !== null && !isPublicWord) return 'unknown';
  const chain = records?.chain ?? [];
  return all(
    [...addresses, ...copies(the, family)].map((address) =>
      isPublic(address) ? answers(the, address, chain) : 'no',
    ),
  );
}

/** What resolvers elsewhere still tell their clients, who use it whatever the zone says now. */
function copies(the: Case, family: Family): string[] {
  const type: RecordType = family === 'ipv4' ? 'A' : 'AAAA';
  if (the.target.hostKind !== 'name') return [];
  return resolvers(the, 'outside').flatMap((item) =>
    answerOf(item, type).addresses.map(({ address }) => address),
  );
}

/** Whether the service answers at the address for clients on the internet. */
function answers(the: Case, address: string, chain: readonly string[]): Tri {
  const known = control(the);
  const atEdge = edgeProvider(address, chain) !== null;
  const states = reaches(the)
    .filter((item) => item.facts.address === address && seesAsInternet(item, atEdge))
    .map((item) => AS_TRI[stateOf(the, item, known)]);
  // Vantages that disagree leave it open: the path differs, or one of them is at fault.
  const told = new Set(states.filter((state) => state !== 'unknown'));
  const [only] = told;
  return told.size === 1 && only !== undefined ? only : 'unknown';
}

const AS_TRI: Readonly<Record<AddressState, Tri>> = {
  answers: 'yes',
  'other-service': 'no',
  unrecognised: 'unknown',
  flaky: 'unknown',
  dead: 'no',
  silent: 'unknown',
  'not-tried': 'unknown',
};

/** Clients may pick any of the addresses: one that fails is a failure for some. */
function all(each: readonly Tri[]): Tri {
  if (each.includes('no')) return 'no';
  return each.includes('unknown') ? 'unknown' : 'yes';
}
