import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { RecordsAtCloudflare } from '../../src/model/plan.ts';
import type { FoundRecord, NameInZone } from '../../src/model/zone-records.ts';
import { asPrevious } from '../../src/model/zone-records.ts';
import {
  type Decision,
  type Flags,
  NEW_STACK,
  type StackSoFar,
} from '../../src/remedies/a-record/outcome.ts';
import { planARecord } from '../../src/remedies/a-record.ts';
import { reach } from '../support/evidence.ts';
import { caseOf, deadOutside, LINE, outside, ownAddresses, SIX, zone } from '../support/home.ts';
import {
  LAN4,
  NAME,
  OLD4,
  OTHER4,
  SERVICE,
  STABLE6,
  TEMPORARY6,
  VPS4,
  WAN4,
  ZONE,
} from '../support/names.ts';
import { foundRecord as found } from '../support/records.ts';

const NOW = new Date('2026-11-23T21:10:00Z');

const inZone = (addresses: readonly FoundRecord[], more: Partial<NameInZone> = {}): NameInZone => ({
  zone: { id: 'zone-id', name: ZONE, status: 'active' },
  addresses,
  cname: null,
  delegatedAt: null,
  ...more,
});

const NO_FLAGS: Flags = { adopt: false, leaveContent: false, ownContent: false, restore: true };
const six = found(STABLE6);

interface Scene {
  readonly evidence: readonly Evidence[];
  readonly records?: readonly FoundRecord[];
  readonly zone?: Partial<NameInZone> | null;
  readonly flags?: Partial<Flags>;
  readonly stack?: StackSoFar;
}

const decide = ({
  evidence,
  records = [],
  zone: more = {},
  flags = {},
  stack = NEW_STACK,
}: Scene): Decision<RecordsAtCloudflare> =>
  planARecord({
    diagnosis: judge(caseOf({ evidence }), { at: NOW, by: '0.0.0', complete: true }),
    inZone: more === null ? null : inZone([six, ...records], more),
    flags: { ...NO_FLAGS, ...flags },
    stack,
    stackName: 'home-example-org',
    now: NOW,
  });

function planned(scene: Scene): { plan: RecordsAtCloudflare; notes: string[] } {
  const decision = decide(scene);
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.refusals)}`);
  return { plan: decision.plan, notes: decision.notes.map(({ code }) => code) };
}

function refused(scene: Scene): string[] {
  const decision = decide(scene);
  if (decision.ok) throw new Error(`planned: ${JSON.stringify(decision.plan.records)}`);
  return decision.refusals.map(({ code }) => code);
}

const MISSING = [...LINE, ...zone([]), ...SIX, outside(WAN4)];
const WRONG = [...LINE, ...zone([OLD4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
const old = found(OLD4, { comment: 'home', ttl: 1800 });

describe('a missing A', () => {
  test('is made, with the address that answers, and removed at the end', () => {
    const { plan, notes } = planned({ evidence: MISSING });
    expect(plan.records).toEqual([
      {
        type: 'A',
        name: NAME,
        content: WAN4,
        ttl: 300,
        proxied: false,
        comment: 'reach4 stack home-example-org',
        tags: [],
        adopt: null,
        leaveContent: false,
      },
    ]);
    expect(plan).toMatchObject({ previous: [], setAside: [], identity: SERVICE, zone: { name: ZONE } });
    expect(notes).toEqual([]);
  });

  test('seen to answer from inside only: a note', () => {
    const evidence = [...LINE, ...zone([]), ...SIX, reach(WAN4)];
    expect(planned({ evidence }).notes).toEqual(['seen-inside-only']);
  });

  test('in a zone that is not active: a note', () => {
    const pending = { zone: { id: 'zone-id', name: ZONE, status: 'pending' } };
    expect(planned({ evidence: MISSING, zone: pending }).notes).toEqual(['zone-not-active']);
  });
});

describe('refusals', () => {
  const noAnswer = [...LINE, ...zone([]), ...SIX, deadOutside(WAN4)];
  test.each<[string, Scene, string[]]>([
    ['nothing is offered', { evidence: noAnswer }, ['no-offer']],
    ['no zone in the account', { evidence: MISSING, zone: null }, ['no-zone']],
    ['a CNAME stands there', { evidence: MISSING, zone: { cname: 'x.example.net' } }, ['cname']],
    ['delegated elsewhere', { evidence: MISSING, zone: { delegatedAt: NAME } }, ['delegated']],
    [
      'proxied',
      { evidence: WRONG, records: [{ ...old, proxied: true }], flags: { adopt: true } },
      ['proxied'],
    ],
    ['exists', { evidence: WRONG, records: [old] }, ['exists']],
    ['right already', { evidence: WRONG, records: [found(WAN4)] }, ['already-right']],
  ])('%s', (_, scene, codes) => {
    expect(refused(scene)).toEqual(codes);
  });

  test('an offer whose evidence was taken out, or changed to another address, is not believed', () => {
    const diagnosis = judge(caseOf({ evidence: MISSING }), { at: NOW, by: '0.0.0', complete: true });
    const input = { inZone: inZone([six]), flags: NO_FLAGS, stack: NEW_STACK, stackName: 's', now: NOW };
    const cut = diagnosis.evidence.filter(({ probe, id }) => probe !== 'reach' || !id.endsWith(WAN4));
    const edited = structuredClone(diagnosis);
    for (const offer of edited.remedies) {
      if (offer.remedy === 'a-record') for (const change of offer.changes) change.to = OTHER4;
    }
    for (const given of [{ ...diagnosis, evidence: cut }, edited]) {
      expect(planARecord({ ...input, diagnosis: given })).toMatchObject({
        ok: false,
        refusals: [{ code: 'unproven', type: 'A' }],
      });
    }
  });
});

describe('an A that exists', () => {
  test('is taken over with --adopt: only its address changes, all of it comes back', () => {
    const { plan, notes } = planned({ evidence: WRONG, records: [old], flags: { adopt: true } });
    expect(plan.records).toMatchObject([
      { content: WAN4, ttl: 1800, comment: 'home', adopt: { recordId: old.id }, leaveContent: false },
    ]);
    expect(plan.previous).toEqual([asPrevious(old)]);
    expect(notes).toEqual(['comes-back-wrong']);
  });

  test('with --no-restore it is kept on record but does not come back', () => {
    const flags = { adopt: true, restore: false };
    const { plan, notes } = planned({ evidence: WRONG, records: [old], flags });
    expect(plan).toMatchObject({ restore: false, previous: [{ content: OLD4 }] });
    expect(notes).toEqual([]);
  });

  const several = [
    ...LINE,
    ...zone([OLD4, OTHER4]),
    ...SIX,
    deadOutside(OLD4),
    deadOutside(OTHER4),
    outside(WAN4),
  ];
  test('among several dead ones: one is corrected, the others set aside', () => {
    const records = [old, found(OTHER4)];
    const { plan } = planned({ evidence: several, records, flags: { adopt: true } });
    expect(plan.records).toMatchObject([{ content: WAN4, adopt: { recordId: old.id } }]);
    expect(plan.setAside).toMatchObject([{ content: OTHER4 }]);
    expect(plan.previous.map(({ content }) => content)).toEqual([OLD4, OTHER4]);
    expect(refused({ evidence: several, records })).toEqual(['exists']);
  });

  test('beside the right one: only the dead one is touched', () => {
    const evidence = [...LINE, ...zone([OLD4, WAN4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
    const { plan } = planned({ evidence, records: [old, found(WAN4)], flags: { adopt: true } });
    expect(plan).toMatchObject({ records: [], setAside: [{ content: OLD4 }], previous: [{ content: OLD4 }] });
  });

  test('that is not known to be wrong stays beside the corrected one', () => {
    const evidence = [
      ...LINE,
      ...zone([OLD4, VPS4]),
      ...SIX,
      deadOutside(OLD4),
      outside(WAN4),
      outside(VPS4),
    ];
    const { plan, notes } = planned({ evidence, records: [found(VPS4), old], flags: { adopt: true } });
    expect(plan.records).toMatchObject([{ adopt: { recordId: old.id } }]);
    expect(plan.setAside).toEqual([]);
    expect(notes).toContain('left-alone');
  });
});

describe('a wrong AAAA', () => {
  const temporary = [ownAddresses(LAN4, STABLE6, [TEMPORARY6, { temporary: true }]), ...LINE.slice(1)];
  const evidence = [
    ...temporary,
    ...zone([WAN4], [TEMPORARY6]),
    reach(STABLE6),
    outside(STABLE6),
    outside(TEMPORARY6),
    reach(TEMPORARY6),
    outside(WAN4),
  ];
  test('is corrected to the stable address, and comes back even with --no-restore', () => {
    const { plan, notes } = planned({
      evidence,
      records: [found(WAN4), found(TEMPORARY6)],
      zone: { addresses: [found(WAN4), found(TEMPORARY6)] },
      flags: { adopt: true, restore: false },
    });
    expect(plan.records).toMatchObject([{ type: 'AAAA', content: STABLE6 }]);
    expect(plan.previous).toMatchObject([{ type: 'AAAA', content: TEMPORARY6 }]);
    expect(notes).toEqual(['comes-back-wrong']);
  });
});

describe('dynamic DNS', () => {
  const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
  test.each<[string, FoundRecord, string[]]>([
    ['changed since the diagnosis', found(OTHER4), ['dynamic']],
    ['a comment tells', { ...old, comment: 'managed by ddclient' }, ['dynamic']],
    ['another comment tells', { ...old, comment: 'DynDNS' }, ['dynamic']],
    ['a tag tells', { ...old, tags: ['ddns:true'] }, ['dynamic']],
  ])('%s: the plan stops', (_, record, codes) => {
    expect(refused({ evidence: WRONG, records: [record], flags: { adopt: true } })).toEqual(codes);
    const own = planned({ evidence: WRONG, records: [record], flags: { ownContent: true } });
    expect(own.plan.records).toMatchObject([{ content: WAN4, leaveContent: false }]);
    const left = planned({ evidence: WRONG, records: [record], flags: { leaveContent: true } });
    expect(left.plan).toMatchObject({
      records: [{ content: record.content, leaveContent: true }],
      previous: [],
    });
    expect(left.notes).toEqual(['content-left']);
  });

  test.each<[string, FoundRecord]>([
    ['a short TTL', { ...old, ttl: 60 }],
    ['written minutes ago', { ...old, modifiedOn: minutesAgo(12) }],
  ])('%s: a note', (_, record) => {
    const { notes } = planned({ evidence: WRONG, records: [record], flags: { adopt: true } });
    expect(notes).toEqual(['maybe-dynamic', 'comes-back-wrong']);
  });

  test.each<[string, FoundRecord]>([
    ['an ordinary comment', { ...old, comment: 'the old line, until 2027' }],
    ['automatic TTL', { ...old, ttl: 1 }],
    ['written two hours ago', { ...old, modifiedOn: minutesAgo(120) }],
    ['a clock ahead of ours', { ...old, modifiedOn: minutesAgo(-5) }],
  ])('%s: nothing', (_, record) => {
    expect(planned({ evidence: WRONG, records: [record], flags: { adopt: true } }).notes).toEqual([
      'comes-back-wrong',
    ]);
  });
});

describe('a second plan', () => {
  const first = planned({ evidence: WRONG, records: [old], flags: { adopt: true } }).plan;
  const ours = { ...old, content: WAN4 };
  const stack: StackSoFar = {
    started: true,
    records: [{ recordId: old.id, adopted: true }],
    previous: first.previous,
    setAside: [],
    taken: [old.id],
    plan: first,
  };

  test('after up keeps what was there before, and needs no --adopt', () => {
    expect(planned({ evidence: WRONG, records: [ours], stack }).plan).toEqual(first);
  });

  test('does so from the state alone, where the configuration was lost', () => {
    const { plan } = planned({ evidence: WRONG, records: [ours], stack: { ...stack, plan: null } });
    expect(plan).toEqual(first);
  });

  test('before up looks at the zone anew', () => {
    const changed = { ...old, ttl: 600 };
    const { plan } = planned({
      evidence: WRONG,
      records: [changed],
      flags: { adopt: true },
      stack: { ...NEW_STACK, plan: first },
    });
    expect(plan.previous).toEqual([asPrevious(changed)]);
  });

  test('makes a record again that somebody deleted', () => {
    const { plan, notes } = planned({ evidence: WRONG, records: [], stack });
    expect(plan.records).toMatchObject([{ adopt: null, content: WAN4 }]);
    expect(plan.previous).toEqual(first.previous);
    expect(notes).toEqual(['made-again', 'comes-back-wrong']);
  });

  test('knows a record again that an up made before it broke off', () => {
    const made = planned({ evidence: MISSING }).plan;
    const lost = found(WAN4, { comment: 'reach4 stack home-example-org', ttl: 300 });
    const broken: StackSoFar = { ...NEW_STACK, started: true, plan: made };
    const { plan } = planned({ evidence: MISSING, records: [lost], stack: broken });
    expect(plan).toMatchObject({ records: [{ adopt: { recordId: lost.id } }], previous: [] });
  });

  test('goes on with a record that an up had taken over, or was about to, before it broke off', () => {
    const broken: StackSoFar = { ...NEW_STACK, started: true, plan: first };
    for (const content of [OLD4, WAN4]) {
      const { plan } = planned({ evidence: WRONG, records: [{ ...old, content }], stack: broken });
      expect(plan).toMatchObject({
        records: [{ content: WAN4, adopt: { recordId: old.id, content } }],
        previous: first.previous,
      });
      expect(
        planned({ evidence: WRONG, records: [{ ...old, content }], stack: { ...broken, plan } }).plan,
      ).toEqual(plan);
    }
    // Somebody wrote another address since: theirs, and what comes back.
    const theirs = { ...old, content: OTHER4 };
    expect(refused({ evidence: WRONG, records: [theirs], stack: broken })).toEqual(['exists', 'dynamic']);
    const own = { evidence: WRONG, records: [theirs], stack: broken, flags: { ownContent: true } };
    expect(planned(own).plan.previous).toEqual([asPrevious(theirs)]);
  });

  test('keeps what it does for the other type', () => {
    const six = first.records.map((record) => ({ ...record, type: 'AAAA' as const, content: STABLE6 }));
    const made: RecordsAtCloudflare = { ...first, records: [...first.records, ...six] };
    const { plan } = planned({ evidence: WRONG, records: [ours], stack: { ...stack, plan: made } });
    expect(plan.records.map(({ type }) => type)).toEqual(['A', 'AAAA']);
  });

  test('turns from leaving the content to owning it, with what is there now as what comes back', () => {
    const left = planned({ evidence: WRONG, records: [old], flags: { leaveContent: true } }).plan;
    const taken: StackSoFar = { ...stack, previous: [], plan: left };
    expect(planned({ evidence: WRONG, records: [old], stack: taken }).plan.records).toMatchObject([
      { leaveContent: true },
    ]);
    const { plan } = planned({ evidence: WRONG, records: [old], flags: { ownContent: true }, stack: taken });
    expect(plan).toMatchObject({
      records: [{ leaveContent: false, content: WAN4 }],
      previous: [{ content: OLD4 }],
    });
  });
});
