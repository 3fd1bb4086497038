import { isPublic } from '../../model/address.ts';
import { isDefinite } from '../../model/dns-answer.ts';
import { type Seen, seen } from '../../model/evidence.ts';
import type { Finding } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import {
  answerOf,
  authorities,
  isIntercepted,
  isSilent,
  isUnresolvable,
  publicRecords,
  resolvers,
  sameSet,
  serverOf,
} from '../../model/view/records.ts';
import type { Opinion } from '../cause.ts';
import { askAuthority } from '../next.ts';

/**
 * Whether the zone's own servers answer, and with one voice.
 * `settled`: there is no answer about records to judge any further.
 */
export function judgeZone(the: Case): { settled: boolean; opinion: Opinion } {
  const records = publicRecords(the, 'A');
  const findings = [...intercepted(the), ...internal(the), ...disagreement(the), ...partlyBroken(the)];
  if (records.definite && records.outcome !== 'nxdomain') {
    // Who asks a server without the record gets nothing, whatever the others say.
    const verdict = records.partlyMissing ? 'confirmed' : 'ruled-out';
    const evidence = records.partlyMissing ? [...records.evidence] : [];
    return { settled: false, opinion: { verdict, because: findings, evidence, next: null } };
  }
  const opinion = records.definite ? nonexistent(the) : unanswered(the);
  return { settled: true, opinion: { ...opinion, because: [...opinion.because, ...findings] } };
}

/** The name, or the name at the end of its CNAME chain, doesn't exist. */
function nonexistent(the: Case): Opinion {
  const records = publicRecords(the, 'A');
  const name = the.target.host;
  const own = authorities(the);
  const zone = own[0]?.facts.zone ?? records.canonical;
  const missing: Finding =
    records.canonical === name
      ? { code: 'name-does-not-exist', args: { name, zone } }
      : { code: 'cname-dangling', args: { name, target: records.canonical } };
  // A denial by resolvers alone may be one resolver's invention; two in different networks rarely agree by accident.
  const certain =
    records.source === 'authority' ||
    (records.source === 'outside-resolver' && resolvers(the, 'here').some(denies));
  return {
    verdict: certain ? 'confirmed' : 'suspected',
    because: [missing],
    evidence: [...records.evidence],
    next: certain ? null : askAuthority(the, name),
  };
}

const denies = (item: Seen<'resolver'>): boolean => item.facts.a.outcome === 'nxdomain';

/** Nobody gave a definite answer. */
function unanswered(the: Case): Opinion {
  const name = the.target.host;
  const all = seen(the.evidence, 'authority');
  const asked = [...resolvers(the, 'here'), ...resolvers(the, 'outside')];
  const evidence = [...all, ...asked].map(({ id }) => id);
  const certain = isUnresolvable(the);
  const because = [whatFails(name, all), ...asked.flatMap(resolverFailure)];
  if (certain) return { verdict: 'confirmed', because, evidence, next: null };
  // A network that lets no DNS out looks the same, unless other names could be looked up in the same moment.
  const othersWork = seen(the.evidence, 'delegation').length > 0;
  const points =
    all.some(({ facts }) => !isSilent(facts.a)) ||
    asked.some(({ facts }) => facts.a.outcome === 'servfail') ||
    othersWork;
  return { verdict: points ? 'suspected' : 'unknown', because, evidence, next: askAuthority(the, name) };
}

function whatFails(name: string, all: readonly Seen<'authority'>[]): Finding {
  const [first] = all;
  if (first === undefined) return { code: 'authority-unknown', args: { name } };
  const broken = all.filter(({ facts }) => !isSilent(facts.a));
  const { zone } = first.facts;
  return broken.length === 0
    ? { code: 'authority-silent', args: { zone, servers: all.map(serverOf) } }
    : { code: 'authority-broken', args: { zone, servers: broken.map(serverOf), rcode: rcodeOf(broken) } };
}

/** How servers fail, in the words of their own answer. */
function rcodeOf([first]: readonly Seen<'authority'>[]): string {
  if (first === undefined) return 'nothing';
  return first.facts.a.outcome === 'referral' ? 'lame' : (first.facts.a.rcode ?? 'malformed');
}

const resolverFailure = (item: Seen<'resolver'>): Finding[] =>
  isDefinite(item.facts.a)
    ? []
    : [{ code: 'resolver-fails', args: { resolver: item.facts.server, outcome: item.facts.a.outcome } }];

function intercepted(the: Case): Finding[] {
  const servers = seen(the.evidence, 'authority').filter(isIntercepted).map(serverOf);
  return servers.length > 0 ? [{ code: 'authority-intercepted', args: { servers } }] : [];
}

function internal(the: Case): Finding[] {
  const all = authorities(the).filter(({ facts }) => isDefinite(facts.a));
  const inside = all.filter(({ facts }) => !isPublic(facts.server.address));
  return inside.length > 0 && inside.length === all.length
    ? [{ code: 'authority-internal', args: { servers: inside.map(serverOf) } }]
    : [];
}

/** Servers of one zone that say different things: which one a client gets is chance. */
function disagreement(the: Case): Finding[] {
  return (['A', 'AAAA'] as const).flatMap((type): Finding[] => {
    const answers = authorities(the)
      .filter((item) => isDefinite(answerOf(item, type)))
      .map((item) => ({
        server: serverOf(item),
        addresses: answerOf(item, type).addresses.map(({ address }) => address),
      }));
    const [first] = answers;
    const differ = answers.some(({ addresses }) => !sameSet(addresses, first?.addresses ?? []));
    return differ ? [{ code: 'authorities-disagree', args: { type, answers } }] : [];
  });
}

/** Servers that fail while others answer: a delay for some clients, not the cause. */
function partlyBroken(the: Case): Finding[] {
  const all = authorities(the);
  const broken = all.filter(({ facts }) => !isDefinite(facts.a) && !isSilent(facts.a));
  const [first] = broken;
  if (first === undefined || broken.length === all.length) return [];
  const { zone } = first.facts;
  return [
    { code: 'authority-broken', args: { zone, servers: broken.map(serverOf), rcode: rcodeOf(broken) } },
  ];
}
