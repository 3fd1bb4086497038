import { isPublic } from '../address.ts';
import { type Answer, canonicalName, isDefinite } from '../dns-answer.ts';
import { type Evidence, isHere, type Seen, seen } from '../evidence.ts';
import type { Case } from './case.ts';

export type RecordType = 'A' | 'AAAA';

/** Who says what the records are, best first. Only the zone's own servers can settle it. */
type Source = 'authority' | 'outside-resolver' | 'resolver';

export interface PublicRecords {
  readonly type: RecordType;
  readonly source: Source;
  /** At least one responsible server gave a definite answer. */
  readonly definite: boolean;
  /** The addresses the internet is told, from all servers together, sorted. */
  readonly addresses: readonly string[];
  /** What each server says, for those that gave a definite answer. */
  readonly answers: readonly { readonly server: string; readonly addresses: readonly string[] }[];
  readonly outcome: Answer['outcome'];
  /** Some servers have the record and others don't: who asks those gets nothing. */
  readonly partlyMissing: boolean;
  /** Told by servers inside a private network, which may tell the internet something else. */
  readonly internal: boolean;
  /** The name at the end of the CNAME chain, and the names passed on the way to it. */
  readonly canonical: string;
  readonly chain: readonly string[];
  /** The records' time to live in seconds, the longest; null where there is none. */
  readonly ttl: number | null;
  /** Ids of the evidence. */
  readonly evidence: readonly string[];
}

type Authority = Seen<'authority'>;

/** What should be an authoritative answer, but was given by something that recurses for others. */
export const isIntercepted = ({ facts }: Authority): boolean =>
  [facts.a, facts.aaaa].some(
    (answer) => isDefinite(answer) && !answer.authoritative && answer.recursionAvailable,
  );

/** Authoritative servers whose answers count: for the end of the CNAME chain, and not from something in between. */
export function authorities(the: Case): Authority[] {
  const all = seen(the.evidence, 'authority');
  const last = endOfChain(the.target.host, all);
  return all.filter((item) => item.facts.name === last && !isIntercepted(item));
}

function endOfChain(name: string, all: readonly Authority[]): string {
  // Each zone's servers follow a chain only as far as they serve it; bounded like the probe that followed it.
  let current = name;
  for (let hop = 0; hop < 16; hop += 1) {
    const here = all.filter(({ facts }) => facts.name === current);
    const next = here
      .map(({ facts }) => canonicalName(current, facts.a.chain.length > 0 ? facts.a : facts.aaaa))
      .find((target) => target !== current && all.some(({ facts }) => facts.name === target));
    if (next === undefined) return current;
    current = next;
  }
  return current;
}

/** Resolvers, by where they were asked. */
export function resolvers(the: Case, where: 'here' | 'outside'): Seen<'resolver'>[] {
  return seen(the.evidence, 'resolver').filter((item) => isHere(item) === (where === 'here'));
}

/** What the internet is told for the target's name. */
export function publicRecords(the: Case, type: RecordType): PublicRecords {
  const fromAuthorities = gather(the, type, 'authority', authorities(the));
  const outside = gather(the, type, 'outside-resolver', resolvers(the, 'outside'));
  // Servers may answer the local network otherwise than the internet: then only the view from outside counts.
  const internalView =
    fromAuthorities.definite && outside.definite && isInternal(fromAuthorities) && !isInternal(outside);
  if (fromAuthorities.definite && !internalView) return fromAuthorities;
  if (outside.definite) return outside;
  const here = gather(the, type, 'resolver', resolvers(the, 'here'));
  return here.definite ? here : fromAuthorities;
}

const isInternal = ({ addresses }: PublicRecords): boolean =>
  addresses.length > 0 && addresses.every((address) => !isPublic(address));

function gather(
  the: Case,
  type: RecordType,
  source: Source,
  items: readonly (Seen<'authority'> | Seen<'resolver'>)[],
): PublicRecords {
  const answers = items.map((item) => ({ item, answer: answerOf(item, type) }));
  const definite = answers.filter(({ answer }) => isDefinite(answer));
  const addresses = sorted(definite.flatMap(({ answer }) => answer.addresses.map(({ address }) => address)));
  const best = definite.find(({ answer }) => answer.addresses.length > 0) ?? definite[0] ?? answers[0];
  const chain = longestChain(the, type);
  return {
    type,
    source,
    definite: definite.length > 0,
    addresses,
    answers: definite.map(({ item, answer }) => ({
      server: serverOf(item),
      addresses: sorted(answer.addresses.map(({ address }) => address)),
    })),
    outcome: best?.answer.outcome ?? 'timed-out',
    partlyMissing:
      addresses.length > 0 &&
      definite.some(({ answer }) => answer.addresses.length === 0) &&
      source === 'authority',
    internal:
      items.length > 0 &&
      items.every((item) => item.probe === 'authority' && !isPublic(item.facts.server.address)),
    canonical: chain.at(-1) ?? the.target.host,
    chain,
    ttl:
      definite.length === 0
        ? null
        : Math.max(0, ...definite.flatMap(({ answer }) => answer.addresses.map(({ ttl }) => ttl))),
    evidence: (definite.length > 0 ? definite : answers).map(({ item }) => item.id),
  };
}

/** CNAME targets from the name to the end, over all zones on the way. */
function longestChain(the: Case, type: RecordType): string[] {
  const items: Seen<'authority' | 'resolver'>[] = [
    ...seen(the.evidence, 'authority'),
    ...seen(the.evidence, 'resolver'),
  ];
  const next = new Map(
    items.flatMap((item) => answerOf(item, type).chain.map(({ name, target }) => [name, target] as const)),
  );
  const chain: string[] = [];
  let current = next.get(the.target.host);
  while (current !== undefined && !chain.includes(current)) {
    chain.push(current);
    current = next.get(current);
  }
  return chain;
}

export const answerOf = (item: Seen<'authority'> | Seen<'resolver'>, type: RecordType): Answer =>
  type === 'A' ? item.facts.a : item.facts.aaaa;

export const serverOf = (item: Seen<'authority'> | Seen<'resolver'>): string =>
  item.probe === 'authority' ? `${item.facts.server.name} (${item.facts.server.address})` : item.facts.server;

export const sorted = (addresses: readonly string[]): string[] => [...new Set(addresses)].sort();

export const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  sorted(one).join() === sorted(other).join();

/** Addresses of a type that any evidence names: what is worth probing. */
export function mentionedAddresses(evidence: readonly Evidence[], type: RecordType): string[] {
  const items: Seen<'authority' | 'resolver'>[] = [
    ...seen(evidence, 'authority'),
    ...seen(evidence, 'resolver'),
  ];
  return sorted(items.flatMap((item) => answerOf(item, type).addresses.map(({ address }) => address)));
}

/** Nothing came back at all: the path to the server, as well as the server, may be at fault. */
const SILENT: readonly Answer['outcome'][] = ['timed-out', 'unreachable'];
export const isSilent = (answer: Answer): boolean => SILENT.includes(answer.outcome);

/**
 * Whether nobody can look the name up: its servers refuse or are broken and resolvers fail over it, or they are
 * silent here and a resolver elsewhere gets nothing from them either.
 */
export function isUnresolvable(the: Case): boolean {
  const all = seen(the.evidence, 'authority');
  const outside = resolvers(the, 'outside');
  const asked = [...resolvers(the, 'here'), ...outside];
  // A resolver elsewhere that gave no answer in a look's whole time met the same silence.
  const silence = the.evidence.some(
    (item) =>
      item.probe === 'resolver' &&
      item.status === 'failed' &&
      item.reason.code === 'timed-out' &&
      !isHere(item),
  );
  if (all.length === 0 || (asked.length === 0 && !silence)) return false;
  if ([...all, ...asked].some(({ facts }) => isDefinite(facts.a) || isDefinite(facts.aaaa))) return false;
  const refusing = all.every(({ facts }) => !isSilent(facts.a));
  if (refusing) return asked.some(({ facts }) => facts.a.outcome === 'servfail');
  return all.every(({ facts }) => isSilent(facts.a)) && (outside.length > 0 || silence);
}
