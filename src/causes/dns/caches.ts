import { isPublic } from '../../model/address.ts';
import { isDefinite } from '../../model/dns-answer.ts';
import { isHere, type Seen, seen } from '../../model/evidence.ts';
import { type Finding, findingSchema } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import {
  answerOf,
  authorities,
  publicRecords,
  type RecordType,
  resolvers,
  sameSet,
  sorted,
} from '../../model/view/records.ts';
import { answersOutside, failsOutside } from '../../model/view/service.ts';
import type { Opinion } from '../cause.ts';
import { waitForCaches } from '../next.ts';

type Resolver = Seen<'resolver'>;

/**
 * Resolvers that say something else than the zone's own servers, told apart: an old copy that runs out, an answer
 * made for the local network, or an answer that nobody responsible gave. The zone is right all the same.
 */
export function judgeCaches(the: Case): Opinion[] {
  const hosts = hostsFile(the);
  const deviations = (['A', 'AAAA'] as const).flatMap((type) => deviating(the, type));
  if (deviations.length === 0 && hosts.because.length === 0) return [];
  const stale = deviations.some(({ finding }) => finding.code.startsWith('resolver-stale'));
  return [
    {
      verdict: weigh(the, deviations),
      because: [...together(deviations.map(({ finding }) => finding)), ...hosts.because],
      evidence: [...deviations.flatMap(({ evidence }) => evidence), ...hosts.evidence],
      next: stale ? waitForCaches(the) : null,
    },
  ];
}

/** Resolvers that say the same make one finding: a home's two addresses of one router, say. */
function together(findings: readonly Finding[]): Finding[] {
  const byContent = new Map<string, Finding>();
  for (const finding of findings) {
    const resolver = 'resolver' in finding.args ? finding.args.resolver : '';
    const { resolver: _, ttl: __, ...rest } = { resolver, ttl: 0, ...finding.args };
    const key = JSON.stringify([finding.code, rest]);
    const known = byContent.get(key);
    const before = known !== undefined && 'resolver' in known.args ? known.args.resolver.split(', ') : [];
    // An agent may use the same resolver as this machine.
    const all = [...new Set([...before, resolver])].join(', ');
    byContent.set(key, findingSchema.parse({ ...finding, args: { ...finding.args, resolver: all } }));
  }
  return [...byContent.values()];
}

/** What somebody is told who asks a resolver, rather than the zone: harmless, unless it reaches the internet. */
function weigh(the: Case, deviations: readonly Deviation[]): Opinion['verdict'] {
  const misleading = deviations.filter(
    ({ finding, wrong }) =>
      MISLEADING.includes(finding.code) &&
      !(wrong.length > 0 && wrong.every((address) => answersOutside(the, address))),
  );
  if (
    misleading.some(
      ({ resolver, wrong }) =>
        !isHere({ id: resolver }) && wrong.some((address) => failsOutside(the, address)),
    )
  ) {
    return 'confirmed';
  }
  const elsewhere = resolvers(the, 'outside').filter(({ facts }) => isDefinite(facts.a));
  const reachesInternet =
    elsewhere.length === 0 || misleading.some(({ resolver }) => !isHere({ id: resolver }));
  return misleading.length > 0 && reachesInternet ? 'suspected' : 'ruled-out';
}

/** Findings that lead a client astray; a split horizon is somebody's intention. */
const MISLEADING: readonly Finding['code'][] = [
  'resolver-stale',
  'resolver-stale-negative',
  'resolver-lies',
  'resolver-denies',
];

/** Resolvers to ask once more, after a second: only a second look tells a cache from an override. */
export function worthAsking(the: Case): string[] {
  const suspects = (['A', 'AAAA'] as const).flatMap((type) =>
    deviating(the, type).flatMap(({ resolver }) => (resolver.startsWith('resolver:here:') ? [resolver] : [])),
  );
  return [...new Set(suspects)].map((id) => id.replace('resolver:here:', ''));
}

interface Deviation {
  readonly finding: Finding;
  /** Id of the resolver's evidence. */
  readonly resolver: string;
  /** What it says instead. */
  readonly wrong: readonly string[];
  readonly evidence: readonly string[];
}

function deviating(the: Case, type: RecordType): Deviation[] {
  const records = publicRecords(the, type);
  if (records.source === 'resolver' || !records.definite) return [];
  return [...resolvers(the, 'here'), ...resolvers(the, 'outside')].flatMap((item): Deviation[] => {
    if (records.evidence.includes(item.id)) return [];
    const finding = compare(the, item, type, records.addresses);
    const later = againOf(the, item);
    return finding === null
      ? []
      : [
          {
            finding,
            resolver: item.id,
            wrong: answerOf(item, type).addresses.map(({ address }) => address),
            evidence: later === undefined ? [item.id] : [item.id, later.id],
          },
        ];
  });
}

const againOf = (the: Case, item: Resolver): Seen<'resolver-again'> | undefined =>
  seen(the.evidence, 'resolver-again').find(({ facts }) => facts.server === item.facts.server);

function compare(the: Case, item: Resolver, type: RecordType, should: readonly string[]): Finding | null {
  const resolver = item.facts.server;
  const answer = answerOf(item, type);
  if (!isDefinite(answer)) {
    return type === 'A' ? { code: 'resolver-fails', args: { resolver, outcome: answer.outcome } } : null;
  }
  const has = sorted(answer.addresses.map(({ address }) => address));
  if (sameSet(has, should)) return null;
  if (has.length === 0) {
    // A true denial carries the SOA of the zone, and may be a copy from before the record existed (RFC 2308).
    const own = answer.soa !== null && isOwnZone(the, answer.soa.zone) && !answer.authoritative;
    return own && answer.soa !== null && agesNegatively(the, item, type)
      ? {
          code: 'resolver-stale-negative',
          args: { resolver, should: [...should], ttl: answer.soa.negativeTtl },
        }
      : {
          code: 'resolver-denies',
          args: { resolver, rcode: answer.rcode ?? answer.outcome, should: [...should] },
        };
  }
  // Round robin and geographic answers: what it says is part of what the zone says.
  if (should.length > 0 && has.every((address) => should.includes(address))) return null;
  if (has.some((address) => !isPublic(address)) && should.every(isPublic)) {
    return { code: 'split-horizon', args: { resolver, inside: has, outside: [...should] } };
  }
  const ttl = Math.max(...answer.addresses.map((one) => one.ttl));
  return countsDown(the, item, type)
    ? { code: 'resolver-stale', args: { resolver, has, should: [...should], ttl } }
    : { code: 'resolver-lies', args: { resolver, has, should: [...should] } };
}

/** The zone that denies is the one that is responsible. */
const isOwnZone = (the: Case, zone: string): boolean =>
  authorities(the).some(({ facts }) => facts.zone === zone);

function agesNegatively(the: Case, item: Resolver, type: RecordType): boolean {
  const later = againOf(the, item);
  if (later === undefined) return true;
  const [first, second] = [answerOf(item, type), type === 'A' ? later.facts.a : later.facts.aaaa];
  return second.soa === null || first.soa === null || second.soa.negativeTtl < first.soa.negativeTtl;
}

/** A cached copy's time to live shrinks between two looks; one made up for the question stays. */
function countsDown(the: Case, item: Resolver, type: RecordType): boolean {
  const first = answerOf(item, type);
  if (first.authoritative) return false;
  const later = againOf(the, item);
  // An outside resolver is asked once: there the copy gets the benefit of the doubt.
  if (later === undefined) return true;
  const second = type === 'A' ? later.facts.a : later.facts.aaaa;
  const ttlOf = (answer: typeof first): number => Math.max(0, ...answer.addresses.map(({ ttl }) => ttl));
  const renewed = !sameSet(
    first.addresses.map((one) => one.address),
    second.addresses.map((one) => one.address),
  );
  return renewed || ttlOf(second) < ttlOf(first);
}

function hostsFile(the: Case): { because: Finding[]; evidence: string[] } {
  const items = seen(the.evidence, 'os-lookup').filter(({ facts }) => facts.hostsFile.length > 0);
  return {
    because: items.map(({ facts }) => ({ code: 'hosts-file', args: { addresses: facts.hostsFile } })),
    evidence: items.map(({ id }) => id),
  };
}
