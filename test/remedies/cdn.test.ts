import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import type { HostedSet } from '../../src/model/cdn-plan.ts';
import { isWhyNot } from '../../src/model/choice.ts';
import type { Verdict } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { HeldForCdn, HeldName } from '../../src/model/hosted-name.ts';
import type { CdnCase } from '../../src/remedies/cdn/case.ts';
import { cdnIamPolicy } from '../../src/remedies/cdn/iam-policy.ts';
import { NEW_CDN } from '../../src/remedies/cdn/outcome.ts';
import { originNameFor, planCdn } from '../../src/remedies/cdn/plan.ts';
import { offerCdn } from '../../src/remedies/cdn.ts';
import { atRoute53, TRUSTED } from '../cli/stack/cdn/evidence.ts';
import { reach } from '../support/evidence.ts';
import { caseOf, deadOutside, LINE, outside, type Scene, zone } from '../support/home.ts';
import { NAME, OLD4, PROXY6, SERVICE, STABLE6, WAN4, ZONE } from '../support/names.ts';
import { confirmed } from './scene.ts';

const cgnat = confirmed('cgnat');
const HOME = atRoute53();
const offer = (scene: Partial<Scene> = {}, verdicts: readonly Verdict[] = [cgnat]) =>
  offerCdn(caseOf({ evidence: HOME, ...scene }), verdicts);
const why = (scene: Partial<Scene> = {}, verdicts?: readonly Verdict[]): string => {
  const outcome = offer(scene, verdicts);
  return isWhyNot(outcome) ? outcome.code : outcome.remedy;
};

/** The same zone, whose name servers are nobody's that is known. */
const elsewhere: Evidence[] = [
  ...LINE,
  reach(STABLE6, { identity: TRUSTED }),
  outside(STABLE6, { identity: TRUSTED }),
  ...zone([]),
];

/** With a certificate that nobody vouches for. */
const WORTHLESS = HOME.map(
  (item): Evidence =>
    item.probe === 'reach' && item.status === 'ok'
      ? { ...item, facts: { ...item.facts, identity: SERVICE } }
      : item,
);

describe('a distribution is offered', () => {
  test('free, for the web, with what it loses', () => {
    expect(offer()).toMatchObject({
      remedy: 'cdn',
      cures: ['cgnat'],
      monthlyUSD: 0,
      carries: 'web',
      name: NAME,
      traffic: { includedGB: 1024, perGBUSD: 0.085 },
    });
    expect(offer()).toHaveProperty('loses.0', expect.stringMatching(/X-Forwarded-For/u));
  });

  test.each<[string, Partial<Scene>, Verdict[]?]>([
    ['nothing-in-the-way', {}, []],
    ['only-from-inside', {}, [confirmed('hairpin')]],
    ['ipv4-works', { evidence: [...HOME, outside(WAN4, { identity: TRUSTED })] }],
    ['not-carried', { target: `tcp://${NAME}:22` }],
    ['port-not-served', { target: `https://${NAME}:8443` }],
    ['no-name', { target: `[${STABLE6}]:443` }],
    ['dns-elsewhere', { evidence: elsewhere }],
    ['ipv6-fails', { evidence: [...HOME.filter(({ probe }) => probe !== 'reach'), deadOutside(STABLE6)] }],
    [
      'certificate-not-public',
      {
        evidence: WORTHLESS,
      },
    ],
  ])('not: %s', (code, scene, verdicts) => {
    expect(why(scene, verdicts)).toBe(code);
  });
});

const FOUR: HostedSet = { type: 'A', ttl: 1800, values: [OLD4] };
const SIX: HostedSet = { type: 'AAAA', ttl: 300, values: [STABLE6] };

const heldName = (name: string, sets: HostedSet[] = []): HeldName => ({
  name,
  sets,
  computed: [],
  cname: null,
  delegatedAt: null,
});
const held = (
  sets: HostedSet[],
  more: Partial<HeldName> = {},
  origin: Partial<HeldName> = {},
): HeldForCdn => ({
  zone: { id: 'Z1', name: ZONE, isDelegated: true },
  name: { ...heldName(NAME, sets), ...more },
  origin: { ...heldName(`origin-${NAME}`), ...origin },
});

const FLAGS = { adopt: true, ownContent: false, restore: true, ipv4Only: false, yesLosePorts: true };

function plan(more: Partial<CdnCase> = {}, evidence: readonly Evidence[] = atRoute53([OLD4])) {
  const diagnosis = judge(caseOf({ evidence }), {
    at: new Date('2026-11-23T22:00:00Z'),
    by: '0.0.0',
    complete: true,
  });
  return planCdn({
    diagnosis,
    held: held([FOUR, SIX]),
    givenOrigin: null,
    http: true,
    caa: null,
    flags: FLAGS,
    stack: NEW_CDN,
    id: 'abcdef012345',
    now: new Date('2026-11-23T22:00:00Z'),
    ...more,
  });
}
const planned = (more: Partial<CdnCase> = {}) => {
  const decision = plan(more);
  if (!decision.ok) throw new Error(JSON.stringify(decision.refusals));
  return decision;
};
const refused = (more: Partial<CdnCase> = {}, evidence?: readonly Evidence[]): string[] => {
  const decision = plan(more, evidence);
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
};

describe('the plan', () => {
  test('takes both families over, and writes an origin that was seen', () => {
    expect(planned().plan).toMatchObject({
      name: NAME,
      types: ['A', 'AAAA'],
      origin: { name: `origin-${NAME}`, addresses: [STABLE6] },
      proven: [STABLE6],
      protocol: 'match-viewer',
      previous: [FOUR, SIX],
      restore: true,
    });
  });

  test('leaves the AAAA alone with --ipv4-only, and then needs nobody to agree', () => {
    const flags = { ...FLAGS, adopt: false, ipv4Only: true, yesLosePorts: false };
    expect(planned({ held: held([SIX]), flags }).plan).toMatchObject({
      types: ['A'],
      previous: [],
      lost: [],
    });
  });

  test('asks for what IPv4 loses with --ipv4-only, where something was seen to answer there', () => {
    const at = { at: new Date('2026-11-23T22:00:00Z'), by: '0.0.0', complete: true };
    const made = judge(caseOf({ evidence: atRoute53([OLD4]) }), at);
    const ssh = reach(OLD4, { port: 22, roles: ['a-record'] });
    const diagnosis = { ...made, evidence: [...made.evidence, ssh] };
    const flags = { ...FLAGS, ipv4Only: true, yesLosePorts: false };
    const port = { protocol: 'tcp', port: 22, program: null };
    expect(plan({ flags, diagnosis })).toMatchObject({
      refusals: [{ code: 'loses-ports', lost: { ports: [port] }, ipv4Only: true }],
    });
    expect(refused({ flags, diagnosis, held: held([SIX]) })).toEqual([]);
    const decision = plan({ flags: { ...flags, yesLosePorts: true }, diagnosis });
    expect(decision).toMatchObject({ ok: true, plan: { lost: [port] } });
    if (!decision.ok) return;
    // Agreed to, and so kept while the stack is up.
    const stack = { ...NEW_CDN, started: true, holdsOrigin: true, plan: decision.plan };
    const up = { ...stack, held: ['A'] as const, recorded: ['A'] as const, previous: [FOUR] };
    const again = { flags, diagnosis, held: held([SIX], { computed: [{ type: 'A', how: 'an alias' }] }) };
    expect(plan({ ...again, stack: up })).toMatchObject({ ok: true, plan: { lost: [port] } });
  });

  test('refuses a diagnosis of another host than the stack', () => {
    const { plan: before } = planned();
    const other = { ...before, name: `other.${ZONE}` };
    const stack = { ...NEW_CDN, started: true, plan: other };
    expect(plan({ stack })).toMatchObject({
      refusals: [{ code: 'other-host', host: NAME, name: `other.${ZONE}` }],
    });
  });

  test.each<[string, Partial<CdnCase>]>([
    ['exists', { flags: { ...FLAGS, adopt: false } }],
    ['loses-ports', { flags: { ...FLAGS, yesLosePorts: false } }],
    ['no-zone', { held: null }],
    ['cname', { held: held([], { cname: 'x.example.net' }), flags: { ...FLAGS, ipv4Only: true } }],
    ['delegated', { held: held([FOUR, SIX], { delegatedAt: NAME }) }],
    ['computed', { held: held([FOUR, SIX], { computed: [{ type: 'A', how: 'an alias' }] }) }],
    ['no-aaaa', { held: held([FOUR]) }],
    ['dynamic', { held: held([FOUR, { ...SIX, values: ['2a0b:4341:7700::77'] }]) }],
    ['origin-taken', { held: held([FOUR, SIX], {}, { sets: [SIX] }) }],
    ['origin-itself', { givenOrigin: { name: NAME, addresses: [STABLE6] } }],
    ['origin-elsewhere', { givenOrigin: { name: 'dyn.example.net', addresses: ['2a0b:4341:6600::10'] } }],
    ['origin-elsewhere', { givenOrigin: { name: 'dyn.example.net', addresses: [] } }],
  ])('refuses: %s', (code, more) => {
    expect(refused(more)).toContain(code);
  });

  test('refuses what the evidence does not hold', () => {
    expect(
      refused(
        {},
        atRoute53().filter(({ probe }) => probe !== 'reach'),
      ),
    ).toContain('unproven');
    expect(refused({}, [...LINE, reach(PROXY6), ...zone([], [PROXY6])])).not.toEqual([]);
  });

  test('a name that the user keeps is left to them', () => {
    const givenOrigin = { name: 'dyn.example.net', addresses: [STABLE6] };
    expect(planned({ givenOrigin }).plan.origin).toEqual({ name: 'dyn.example.net', addresses: null });
  });

  test('speaks HTTPS only where the server has no port 80', () => {
    const { plan: made, notes } = planned({ http: false });
    expect(made.protocol).toBe('https-only');
    expect(notes).toContainEqual({ code: 'no-http', name: NAME });
  });

  test('says that a short TTL may be a dynamic DNS client’s', () => {
    const { notes } = planned({ held: held([FOUR, { ...SIX, ttl: 60 }]) });
    expect(notes.map(({ code }) => code)).toContain('maybe-dynamic');
  });

  test('planned again while it is up, what was there before stays', () => {
    const { plan: before } = planned();
    const stack = {
      started: true,
      held: ['A', 'AAAA'] as const,
      recorded: ['A', 'AAAA'] as const,
      previous: [FOUR, SIX],
      holdsOrigin: true,
      plan: before,
    };
    const again = planned({
      held: held(
        [],
        {
          computed: [
            { type: 'A', how: 'an alias' },
            { type: 'AAAA', how: 'an alias' },
          ],
        },
        { sets: [SIX] },
      ),
      stack,
      flags: { ...FLAGS, adopt: false, yesLosePorts: false },
      id: 'ffffffffffff',
      http: false,
    });
    expect(again.plan).toEqual(before);
  });

  test('the plan of an `up` that broke off is agreed to, and its own records are known', () => {
    const { plan: before } = planned();
    const stack = { started: true, held: [], recorded: [], previous: [], holdsOrigin: false, plan: before };
    const again = planned({ stack, flags: { ...FLAGS, adopt: false } });
    expect(again.plan.previous).toEqual([FOUR, SIX]);
  });

  test('a certificate that became worthless keeps IPv6 visitors with the server', () => {
    const { plan: before } = planned({ held: held([SIX]), flags: { ...FLAGS, ipv4Only: true } });
    const stack = {
      started: true,
      held: ['A'] as const,
      recorded: ['A'] as const,
      previous: [],
      holdsOrigin: true,
      plan: before,
    };
    const found = held([SIX], { computed: [{ type: 'A', how: 'an alias' }] }, { sets: [SIX] });
    expect(refused({ stack, held: found }, WORTHLESS)).toEqual(['certificate']);
    expect(refused({ stack, held: found, flags: { ...FLAGS, ipv4Only: true } }, WORTHLESS)).toEqual([]);
    expect(refused({ stack, held: found })).toEqual([]);
  });

  describe('what changed after an `up` that broke off', () => {
    const { plan: before } = planned();
    const stack = {
      started: true,
      held: ['A', 'AAAA'] as const,
      recorded: [],
      previous: [FOUR, SIX],
      holdsOrigin: false,
      plan: before,
    };
    const moved: HostedSet = { ...FOUR, values: ['192.0.2.77'] };

    test('is asked for again, and is what comes back', () => {
      const found = held([moved, SIX]);
      expect(refused({ stack, held: found, flags: { ...FLAGS, adopt: false } })).toContain('exists');
      const { previous } = planned({ stack, held: found, flags: { ...FLAGS, ownContent: true } }).plan;
      expect(previous).toEqual([moved, SIX]);
    });

    test('does not come back where it was taken out', () => {
      expect(planned({ stack, held: held([SIX]) }).plan.previous).toEqual([SIX]);
    });

    test('is unknown where an alias of its own stands there by now', () => {
      const computed = (['A', 'AAAA'] as const).map((type) => ({ type, how: 'an alias' as const }));
      const again = planned({ stack, held: held([], { computed }), flags: { ...FLAGS, adopt: false } });
      expect(again.plan.previous).toEqual([FOUR, SIX]);
    });
  });
});

test('the origin of a zone itself is below it', () => {
  expect(originNameFor(ZONE, ZONE)).toBe(`origin.${ZONE}`);
  expect(originNameFor(NAME, ZONE)).toBe(`origin-${NAME}`);
});

describe('CAA records that leave Amazon out', () => {
  const caa = { at: ZONE, records: [{ critical: false, tag: 'issue', value: 'letsencrypt.org' }] };

  test('are in the way of a new distribution', () => {
    expect(refused({ caa })).toEqual(['caa']);
  });

  test('are told of where one serves already, whose certificate is to be renewed', () => {
    const stack = { ...NEW_CDN, started: true, holdsOrigin: true, plan: planned().plan };
    expect(planned({ caa, stack }).notes).toContainEqual({ code: 'caa', name: NAME, set: caa });
    expect(planned({ stack }).notes.map(({ code }) => code)).not.toContain('caa');
  });
});

describe('the policy', () => {
  test('names the records that may be written, and no others', () => {
    const { Statement } = cdnIamPolicy({ zoneId: 'Z1', name: NAME, originName: null });
    const writes = Statement.filter(({ Action }) => Action.includes('route53:ChangeResourceRecordSets'));
    expect(writes.map(({ Resource }) => Resource)).toEqual(Array(2).fill('arn:aws:route53:::hostedzone/Z1'));
    expect(JSON.stringify(writes.map(({ Condition }) => Condition))).toBe(
      JSON.stringify([
        {
          'ForAllValues:StringEquals': {
            'route53:ChangeResourceRecordSetsNormalizedRecordNames': [NAME],
            'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA'],
          },
        },
        {
          'ForAllValues:StringLike': {
            'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`_*.${NAME}`],
          },
          'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'] },
        },
      ]),
    );
  });

  test('what is deleted or changed bears the mark', () => {
    const { Statement } = cdnIamPolicy({ zoneId: null, name: NAME, originName: `origin-${NAME}` });
    const changes = Statement.filter(({ Action }) => Action.some((each) => /:(?:Delete|Update)/u.test(each)));
    expect(
      changes.every(({ Condition }) => Condition?.Null?.['aws:ResourceTag/reach4:stack'] === 'false'),
    ).toBe(true);
  });
});
