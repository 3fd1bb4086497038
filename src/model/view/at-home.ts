import { familyOf, scopeOf } from '../address.ts';
import { isDefinite } from '../dns-answer.ts';
import { seen } from '../evidence.ts';
import type { Case } from './case.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { publicRecords } from './records.ts';
import { stateOf } from './service.ts';

/** Where the name leads on the server's own network: past the router, and its way back, to an address inside. */
export interface LedInside {
  readonly address: string;
  /** Who says so there: the machine's hosts file, or the resolver that it asks. */
  readonly by: 'hosts-file' | 'resolver';
  /** The service was seen to answer there, by a machine other than the server. */
  readonly answers: boolean;
  readonly evidence: readonly string[];
}

/**
 * Where the name leads programs of one observer at home (the second part of evidence ids); null where it leads to the
 * public address, to several kinds of addresses, or where nobody saw.
 */
export function ledInside(the: Case, observer: string): LedInside | null {
  // The server's own hosts file often names itself, which says nothing of its neighbours.
  const lookup = seen(the.evidence, 'os-lookup').find(
    ({ id, vantage }) => vantage === 'lan' && observerOf(id) === observer,
  );
  const inFile = (lookup?.facts.hostsFile ?? []).some(isFour);
  const asked = seen(the.evidence, 'resolver').filter(
    ({ id, vantage, facts }) =>
      (vantage === 'lan' || vantage === 'server') && observerOf(id) === observer && isDefinite(facts.a),
  );
  // Which of several resolvers a program asks is chance.
  const told = inFile ? [] : asked.map(({ facts }) => facts.a.addresses.map(({ address }) => address));
  const named = [...new Set([...(lookup?.facts.addresses ?? []).filter(isFour), ...told.flat()])];
  const [address] = named;
  if (address === undefined || !named.every(isInside) || told.some((each) => each.length === 0)) return null;
  // Where the whole internet is told so, it is a mistake that will be put right: then a way back is needed.
  if (publicRecords(the, 'A').addresses.some((each) => named.includes(each))) return null;
  const answering = named.flatMap((each) => answerAt(the, observer, each) ?? []);
  return {
    address,
    by: inFile ? 'hosts-file' : 'resolver',
    answers: answering.length === named.length,
    evidence: [...(lookup === undefined ? [] : [lookup]), ...(inFile ? [] : asked), ...answering].map(
      ({ id }) => id,
    ),
  };
}

/** Machines beside the server that looked, by the label of their evidence. */
export const neighbours = (the: Case): string[] => [
  ...new Set(the.evidence.filter(({ vantage }) => vantage === 'lan').map(({ id }) => observerOf(id))),
];

export const observerOf = (id: string): string => id.split(':')[1] ?? '';

const isFour = (address: string): boolean => familyOf(address) === 'ipv4';

const isInside = (address: string): boolean => scopeOf(address) === 'private';

/** The look by which a neighbour got the service there. */
const answerAt = (the: Case, observer: string, address: string): Reach | undefined =>
  reachSeen(the.evidence).find(
    (item) =>
      item.vantage === 'lan' &&
      observerOf(item.id) === observer &&
      item.facts.address === address &&
      item.facts.port === the.target.port &&
      stateOf(the, item) === 'answers',
  );
