import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { NameInHostedZone } from '../../src/model/hosted-zone.ts';
import type { RecordsAtRoute53 } from '../../src/model/plan.ts';
import type { RecordSet } from '../../src/model/record-set.ts';
import { planAtRoute53 } from '../../src/remedies/a-record/at-route53.ts';
import type { SetsSoFar } from '../../src/remedies/a-record/one-set.ts';
import type { Decision, Flags } from '../../src/remedies/a-record/outcome.ts';
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

const NOW = new Date('2026-11-23T21:10:00Z');
const NO_FLAGS: Flags = { adopt: false, leaveContent: false, ownContent: false, restore: true };
const NEW: SetsSoFar = { started: false, sets: [], previous: [], taken: [], plan: null };

const set = (values: string[], more: Partial<RecordSet> = {}): RecordSet => ({
  type: 'A',
  name: NAME,
  ttl: 1800,
  values,
  ...more,
});
const six = set([STABLE6], { type: 'AAAA', ttl: 300 });

const held = (a: RecordSet | null, more: Partial<NameInHostedZone> = {}): NameInHostedZone => ({
  zone: { id: 'Z1', name: ZONE, isDelegated: true },
  a,
  computed: null,
  hasAaaa: true,
  aaaa: six,
  computedAaaa: null,
  cname: null,
  delegatedAt: null,
  ...more,
});

interface Scene {
  readonly evidence?: readonly Evidence[];
  readonly a?: RecordSet | null;
  readonly zone?: Partial<NameInHostedZone> | null;
  readonly flags?: Partial<Flags>;
  readonly stack?: SetsSoFar;
}

const WRONG = [...LINE, ...zone([OLD4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
const MISSING = [...LINE, ...zone([]), ...SIX, outside(WAN4)];
const FINE = [...LINE, ...zone([WAN4]), ...SIX, outside(WAN4), reach(WAN4)];

const decide = ({ evidence = WRONG, a = null, zone: more = {}, flags, stack = NEW }: Scene) =>
  planAtRoute53({
    diagnosis: judge(caseOf({ evidence }), { at: NOW, by: '0.0.0', complete: true }),
    inZone: more === null ? null : held(a, more),
    flags: { ...NO_FLAGS, ...flags },
    stack,
    now: NOW,
  });

const codes = (all: readonly { code: string }[]): string[] => all.map(({ code }) => code);

function planned(scene: Scene): { plan: RecordsAtRoute53; notes: string[] } {
  const decision: Decision<RecordsAtRoute53> = decide(scene);
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.refusals)}`);
  return { plan: decision.plan, notes: codes(decision.notes) };
}

function refused(scene: Scene): string[] {
  const decision = decide(scene);
  if (decision.ok) throw new Error(`planned: ${JSON.stringify(decision.plan.records)}`);
  return codes(decision.refusals);
}

const old = set([OLD4]);
const adopt = { adopt: true };

describe('a set that is missing', () => {
  test('is made with the address that answers, and removed at the end', () => {
    const { plan, notes } = planned({ evidence: MISSING });
    expect(plan).toMatchObject({
      provider: 'route53',
      zone: { id: 'Z1', name: ZONE },
      previous: [],
      identity: SERVICE,
    });
    expect(plan.records).toEqual([
      { type: 'A', name: NAME, ttl: 300, values: [WAN4], adopt: null, leaveContent: false },
    ]);
    expect(notes).toEqual([]);
  });

  test('in a zone that nobody asks: a note', () => {
    const unused = { zone: { id: 'Z1', name: ZONE, isDelegated: false } };
    expect(planned({ evidence: MISSING, zone: unused }).notes).toEqual(['zone-not-in-use']);
  });
});

describe('refusals', () => {
  test.each<[string, Scene, string[]]>([
    ['nothing is offered', { evidence: FINE }, ['no-offer']],
    ['no zone in the account', { zone: null }, ['no-zone']],
    ['a CNAME stands there', { zone: { cname: 'x.example.net' }, flags: adopt }, ['cname']],
    ['delegated elsewhere', { zone: { delegatedAt: NAME }, flags: adopt }, ['delegated']],
    ['computed', { zone: { computed: 'weighted' }, flags: adopt }, ['computed']],
    ['exists', { a: old }, ['exists']],
    ['right already', { a: set([WAN4]) }, ['already-right']],
    ['changed since the diagnosis', { a: set([OTHER4]), flags: adopt }, ['dynamic']],
  ])('%s', (_, scene, wanted) => {
    expect(refused(scene)).toEqual(wanted);
  });

  test('an alias for AAAA is not in the way of A', () => {
    expect(planned({ a: old, flags: adopt, zone: { aaaa: null, computedAaaa: 'alias' } }).notes).toEqual([
      'comes-back-wrong',
    ]);
  });
});

describe('a set that exists', () => {
  test('is taken over with --adopt: only its addresses change, all of it comes back', () => {
    const { plan, notes } = planned({ a: old, flags: adopt });
    expect(plan.records).toEqual([
      {
        type: 'A',
        name: NAME,
        ttl: 1800,
        values: [WAN4],
        adopt: { ttl: 1800, values: [OLD4] },
        leaveContent: false,
      },
    ]);
    expect(plan.previous).toEqual([old]);
    expect(notes).toEqual(['comes-back-wrong']);
  });

  const several = [...LINE, ...zone([OLD4, VPS4]), ...SIX, deadOutside(OLD4), outside(WAN4), outside(VPS4)];
  test('with an address that is not known to be wrong: it stays beside the right one', () => {
    const { plan, notes } = planned({ evidence: several, a: set([VPS4, OLD4]), flags: adopt });
    expect(plan.records).toMatchObject([{ values: [WAN4, VPS4], adopt: { values: [VPS4, OLD4] } }]);
    expect(notes).toContain('left-alone');
  });

  test('with a dead one beside the right one: the dead one goes', () => {
    const evidence = [...LINE, ...zone([OLD4, WAN4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
    const scene = { evidence, a: set([OLD4, WAN4]) };
    expect(refused(scene)).toEqual(['exists']);
    expect(planned({ ...scene, flags: adopt }).plan.records).toMatchObject([{ values: [WAN4] }]);
  });

  test('and is kept by something else: its content is left, and does not come back', () => {
    const { plan, notes } = planned({ a: set([OTHER4]), flags: { leaveContent: true } });
    expect(plan).toMatchObject({
      records: [{ values: [OTHER4], leaveContent: true, adopt: { values: [OTHER4] } }],
      previous: [],
    });
    expect(notes).toEqual(['content-left']);
    const own = planned({ a: set([OTHER4]), flags: { ownContent: true } });
    expect(own.plan.records).toMatchObject([{ values: [WAN4], leaveContent: false }]);
  });

  test.each([0, 1, 60, 120])('TTL %d s is short there: a note', (ttl) => {
    expect(planned({ a: set([OLD4], { ttl }), flags: adopt }).notes).toContain('maybe-dynamic');
  });

  test('the longest TTL there is comes back as it was', () => {
    const longest = set([OLD4], { ttl: 2_147_483_647 });
    expect(planned({ a: longest, flags: adopt }).plan.previous).toEqual([longest]);
  });
});

test('a wrong AAAA is corrected, and comes back even with --no-restore', () => {
  const evidence = [
    ownAddresses(LAN4, STABLE6, [TEMPORARY6, { temporary: true }]),
    ...LINE.slice(1),
    ...zone([WAN4], [TEMPORARY6]),
    ...[STABLE6, TEMPORARY6].flatMap((address) => [reach(address), outside(address)]),
    outside(WAN4),
  ];
  const wrong = set([TEMPORARY6], { type: 'AAAA' });
  const { plan } = planned({
    evidence,
    a: set([WAN4]),
    zone: { aaaa: wrong },
    flags: { adopt: true, restore: false },
  });
  expect(plan).toMatchObject({ records: [{ type: 'AAAA', values: [STABLE6] }], previous: [wrong] });
  expect(refused({ evidence, a: set([WAN4]), zone: { computedAaaa: 'alias', aaaa: null } })).toEqual([
    'computed',
  ]);
});

describe('a second plan', () => {
  const first = planned({ a: old, flags: adopt }).plan;
  const ours = set([WAN4]);
  const inState = { ...ours, zoneId: 'Z1', adopted: true };
  const taken = [{ type: 'A', name: NAME, ttl: 1800, from: [OLD4], to: [WAN4] } as const];
  const whole: SetsSoFar = {
    started: true,
    sets: [inState],
    previous: first.previous,
    taken: taken.map((each) => ({ ...each, from: [...each.from], to: [...each.to] })),
    plan: first,
  };
  const broken: SetsSoFar = { ...NEW, started: true, plan: first };

  test('after up keeps what was there before, and needs no --adopt', () => {
    expect(planned({ a: ours, stack: whole }).plan).toEqual(first);
  });

  test('does so from the state alone, where the configuration was lost', () => {
    expect(planned({ a: ours, stack: { ...whole, plan: null } }).plan).toEqual(first);
  });

  test('from the state, also where nothing has to be changed any more', () => {
    const { plan } = planned({ evidence: FINE, a: ours, stack: { ...whole, plan: null } });
    expect(plan).toMatchObject({ records: first.records, previous: first.previous });
  });

  test('of content that is left doesn’t begin to write it, where the configuration was lost', () => {
    const left = { ...whole, sets: [{ ...inState, values: [OTHER4] }], previous: [], taken: [], plan: null };
    const { plan } = planned({ a: set([OTHER4]), stack: left });
    expect(plan).toMatchObject({ records: [{ leaveContent: true, values: [OTHER4] }], previous: [] });
  });

  test('before up looks at the zone anew', () => {
    const changed = set([OLD4], { ttl: 600 });
    const { plan } = planned({ a: changed, flags: adopt, stack: { ...NEW, plan: first } });
    expect(plan.previous).toEqual([changed]);
  });

  test('makes a set again that somebody deleted, and what was there still comes back', () => {
    const { plan, notes } = planned({ a: null, stack: whole });
    expect(plan.records).toMatchObject([{ adopt: null, values: [WAN4], ttl: 1800 }]);
    expect(plan.previous).toEqual([old]);
    expect(notes).toEqual(['made-again', 'comes-back-wrong']);
  });

  describe('after an up that broke off', () => {
    test('before the set was changed: goes on', () => {
      expect(planned({ a: old, stack: broken }).plan).toEqual(first);
    });

    test('after it was changed, not yet recorded: it is the stack’s own, and the old one comes back', () => {
      const { plan } = planned({ a: ours, stack: broken });
      expect(plan).toMatchObject({
        records: [{ values: [WAN4], adopt: { values: [WAN4] } }],
        previous: [old],
      });
      // The same without the configuration, where the holder knows.
      const held = { ...broken, plan: null, previous: [old], taken: whole.taken };
      expect(planned({ a: ours, stack: held }).plan).toEqual(plan);
      // And once more.
      expect(planned({ a: ours, stack: { ...broken, plan } }).plan).toEqual(plan);
    });

    test('after one was made: it is the stack’s own, and goes with it', () => {
      const made = planned({ evidence: MISSING }).plan;
      const found = set([WAN4], { ttl: 300 });
      const { plan } = planned({ evidence: MISSING, a: found, stack: { ...broken, plan: made } });
      expect(plan).toMatchObject({ records: [{ adopt: { values: [WAN4] } }], previous: [] });
    });

    test('and somebody wrote another one since: that is theirs, and what comes back', () => {
      const theirs = set([OTHER4]);
      expect(refused({ a: theirs, stack: broken })).toEqual(['exists', 'dynamic']);
      const { plan } = planned({ a: theirs, stack: broken, flags: { ownContent: true } });
      expect(plan).toMatchObject({
        records: [{ values: [WAN4], adopt: { values: [OTHER4] } }],
        previous: [theirs],
      });
    });

    test('and its owner deleted it since: nothing comes back', () => {
      expect(planned({ a: null, stack: broken })).toMatchObject({
        plan: { records: [{ adopt: null }], previous: [] },
        notes: [],
      });
    });
  });

  test('keeps what it does for the other type', () => {
    const sixth = { type: 'AAAA', name: NAME, ttl: 300, values: [STABLE6], adopt: null } as const;
    const both: RecordsAtRoute53 = {
      ...first,
      records: [...first.records, { ...sixth, values: [...sixth.values], leaveContent: false }],
    };
    const sets = [inState, { ...six, zoneId: 'Z1', adopted: false }];
    const { plan } = planned({ a: ours, stack: { ...whole, sets, plan: both } });
    expect(plan.records).toEqual(both.records);
  });

  test('turns from leaving the content to owning it, with what is there now as what comes back', () => {
    const left = planned({ a: old, flags: { leaveContent: true } }).plan;
    const stack = { ...whole, sets: [{ ...old, zoneId: 'Z1', adopted: true }], previous: [], taken: [] };
    expect(planned({ a: old, stack: { ...stack, plan: left } }).plan).toEqual(left);
    const turn = (a: RecordSet, plan: RecordsAtRoute53) =>
      planned({ a, stack: { ...stack, plan }, flags: { ownContent: true } }).plan;
    const owned = turn(old, left);
    expect(owned).toMatchObject({ records: [{ values: [WAN4] }], previous: [old] });
    // Not carried out yet, and the keeper wrote once more: that is what comes back.
    const later = set([OTHER4]);
    expect(planned({ a: later, stack: { ...stack, plan: owned } }).plan).toMatchObject({
      records: [{ values: [WAN4], adopt: { values: [OTHER4] } }],
      previous: [later],
    });
  });

  test('in another zone is refused while the stack is up', () => {
    const elsewhere = { zone: { id: 'Z2', name: ZONE, isDelegated: true } };
    expect(refused({ a: ours, stack: whole, zone: elsewhere })).toEqual(['moved']);
  });
});

test('whatever is there: the address that works is written, nothing private, and what is replaced comes back', () => {
  const address = fc.constantFrom(OLD4, OTHER4, VPS4, WAN4, '192.168.77.9');
  const scene = fc.record({
    adopt: fc.boolean(),
    leaveContent: fc.boolean(),
    ownContent: fc.boolean(),
    restore: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.uniqueArray(address, { maxLength: 3 }), scene, fc.boolean(), (values, flags, started) => {
      const a = values.length === 0 ? null : set(values);
      const decision = decide({ a, flags, stack: { ...NEW, started } });
      if (!decision.ok) return;
      const [record] = decision.plan.records;
      if (record?.leaveContent) expect(record.values).toEqual(values);
      else expect(record?.values).toContain(WAN4);
      expect(record?.values.includes('192.168.77.9') && !record.leaveContent).toBe(false);
      // Whatever is replaced comes back, unless it is left alone.
      if (a !== null && record?.leaveContent === false) expect(decision.plan.previous).toEqual([a]);
    }),
  );
});
