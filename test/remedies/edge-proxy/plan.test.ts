import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { refusalText } from '../../../src/cli/stack/edge-proxy/refusal-text.ts';
import {
  type EdgeProxyPlan,
  edgeProxyPlanSchema,
  nameRecordsOf,
} from '../../../src/model/edge-proxy-plan.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import type { FoundRecord, NameInZone } from '../../../src/model/zone-records.ts';
import { isCovered } from '../../../src/remedies/dns-records/cloudflare-edge.ts';
import { NOTHING_AT_NAME } from '../../../src/remedies/dns-records/cloudflare-name.ts';
import { type EdgeCase, planEdgeProxy } from '../../../src/remedies/edge-proxy.ts';
import { AT_CLOUDFLARE } from '../../support/dns-hosts.ts';
import { listeners, upnp } from '../../support/evidence-host.ts';
import { caseOf, LINE, outside, SIX, SIX_HERE, zone } from '../../support/home.ts';
import { NAME, OLD4, OLD6, PROXY4, PROXY6, STABLE6, ZONE } from '../../support/names.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const HOME = [
  AT_CLOUDFLARE,
  ...LINE,
  ...SIX,
  ...zone([OLD4]),
  outside(OLD4, { outcome: 'timed-out' }),
  upnp('100.64.9.7'),
  listeners(),
];
const diagnosed = (evidence: readonly Evidence[] = HOME) =>
  judge(caseOf({ evidence }), { at: NOW, by: '0.0.0', complete: true });
const found = (more: Partial<FoundRecord> = {}): FoundRecord => ({
  id: 'six',
  type: 'AAAA',
  name: NAME,
  content: STABLE6,
  ttl: 1800,
  proxied: false,
  comment: 'home',
  tags: ['of:ann'],
  settings: {},
  modifiedOn: '2026-01-01T00:00:00Z',
  ...more,
});
const AROUND = { staleHours: null, zoneSentence: null, zone: ZONE, whyNot: null };
const PAGE = { width: 100, color: false, drawing: false };
const four = found({ id: 'four', type: 'A', content: OLD4 });
const was = ({ modifiedOn: _, ...record }: FoundRecord) => record;
const held = (...addresses: FoundRecord[]): NameInZone => ({
  zone: { id: 'z', name: ZONE, status: 'active' },
  addresses,
  cname: null,
  delegatedAt: null,
});
const flags = { adopt: true, leaveContent: false, ownContent: false, restore: true, yesLosePorts: false };
const decide = (more: Partial<EdgeCase> = {}) =>
  planEdgeProxy({
    diagnosis: diagnosed(),
    inZone: held(found(), four),
    flags,
    stack: NOTHING_AT_NAME,
    earlier: null,
    stackName: 'home',
    now: NOW,
    ...more,
  });
const refused = (more: Partial<EdgeCase>) => {
  const decision = decide(more);
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
};
const planned = (more: Partial<EdgeCase> = {}): EdgeProxyPlan => {
  const decision = decide(more);
  if (!decision.ok) throw new Error(JSON.stringify(decision.refusals));
  return decision.plan;
};

test('the AAAA becomes proxied in place, the A goes, and both come back', () => {
  const plan = planned();
  expect(plan).toMatchObject({
    remedy: 'edge-proxy',
    name: NAME,
    records: [
      {
        type: 'AAAA',
        content: STABLE6,
        ttl: 1,
        proxied: true,
        comment: 'home',
        tags: ['of:ann'],
        recordId: 'six',
      },
    ],
    proven: [STABLE6],
    lost: [],
  });
  expect(nameRecordsOf(plan)).toMatchObject({
    previous: [was(found()), was(four)],
    back: [was(found()), was(four)],
  });
  expect(nameRecordsOf(planned({ flags: { ...flags, restore: false } })).back).toEqual([was(found())]);
});

describe('refused', () => {
  const ssh = listeners({}, { port: 22 });
  test.each<[string, string, Partial<EdgeCase>]>([
    ['records of others', 'exists', { flags: { ...flags, adopt: false } }],
    ['no AAAA in the zone', 'no-aaaa', { inZone: held(four) }],
    ['no zone', 'no-zone', { inZone: null }],
    [
      'a zone that is not in use',
      'zone-not-active',
      { inZone: { ...held(found()), zone: { id: 'z', name: ZONE, status: 'pending' } } },
    ],
    ['another address than was seen', 'dynamic', { inZone: held(found({ content: OLD6 })) }],
    [
      'another address than was seen, owned',
      'unproven',
      { inZone: held(found({ content: OLD6 })), flags: { ...flags, ownContent: true } },
    ],
    ['an answer of one family', 'one-family', { inZone: held(found({ settings: { ipv6_only: true } })) }],
    ['no offer', 'no-offer', { diagnosis: diagnosed(HOME.slice(1)) }],
    ['SSH under the name', 'loses-ports', { diagnosis: diagnosed([...HOME.slice(0, -1), ssh]) }],
    ['nobody looked on the server', 'loses-ports', { diagnosis: diagnosed(HOME.slice(0, -1)) }],
  ])('%s', (_, code, more) => {
    expect(refused(more)).toEqual([code]);
  });

  test('an offer that was edited', () => {
    const diagnosis = diagnosed();
    const remedies = diagnosis.remedies.map((offer) =>
      offer.remedy === 'edge-proxy' ? { ...offer, origin: [OLD6] } : offer,
    );
    expect(
      refused({
        diagnosis: { ...diagnosis, remedies },
        inZone: held(found({ content: OLD6 })),
        flags: { ...flags, ownContent: true },
      }),
    ).toEqual(['unproven']);
  });

  test('agreed to, what is lost stands in the plan', () => {
    const diagnosis = diagnosed([...HOME.slice(0, -1), ssh]);
    expect(planned({ diagnosis, flags: { ...flags, yesLosePorts: true } }).lost).toMatchObject([
      { protocol: 'tcp', port: 22 },
    ]);
  });
});

test('content that something else keeps is left, and still becomes proxied', () => {
  const plan = planned({
    inZone: held(found({ content: OLD6, comment: 'ddclient' })),
    flags: { ...flags, leaveContent: true },
  });
  expect(plan.records).toMatchObject([{ content: null, proxied: true, recordId: 'six' }]);
});

describe('what a person should know', () => {
  const notes = (more: Partial<EdgeCase>) => decide(more).notes.map(({ code }) => code);
  test('a certificate that no authority gave', () => {
    expect(notes({})).toEqual(['untrusted-origin']);
  });
  test('that nobody looked from outside', () => {
    const evidence = [AT_CLOUDFLARE, ...LINE, ...SIX_HERE, ...zone([OLD4]), upnp('100.64.9.7'), listeners()];
    expect(notes({ diagnosis: diagnosed(evidence) })).toContain('seen-inside-only');
  });
  test.each([
    ['example.org', true],
    ['home.example.org', true],
    ['a.home.example.org', false],
  ])('the certificate that every zone gets: %s %s', (name, expected) => {
    expect(isCovered(name, ZONE)).toBe(expected);
  });
});

describe('a stack that is up', () => {
  const earlier = planned();
  const up = { ...NOTHING_AT_NAME, started: true, previous: earlier.previous };
  const proxied = found({ proxied: true, ttl: 1 });
  const edge = diagnosed([AT_CLOUDFLARE, ...LINE, ...zone([PROXY4], [PROXY6]), listeners({}, { port: 22 })]);

  test('is planned again without an offer, and without being asked again', () => {
    const more = { diagnosis: edge, earlier, stack: up, inZone: held(proxied) };
    expect(edge.remedies.map(({ remedy }) => remedy)).not.toContain('edge-proxy');
    expect(refused({ ...more, flags: { ...flags, adopt: false } })).toEqual(['loses-ports']);
    const again = planned({ ...more, flags: { ...flags, adopt: false, yesLosePorts: true } });
    expect(again).toEqual({ ...earlier, identity: again.identity, lost: again.lost });
    expect(again.lost).toHaveLength(1);
    expect(planned({ ...more, earlier: again })).toEqual(again);
  });

  test('an address that somebody wrote meanwhile may be the new one: the old one is not written over it', () => {
    const moved = { earlier, stack: up, inZone: held(found({ proxied: true, ttl: 1, content: OLD6 })) };
    const decision = decide(moved);
    expect(decision.ok || decision.refusals).toMatchObject([
      { code: 'unproven', record: { id: 'six', content: OLD6 }, proven: [STABLE6], isUp: true },
    ]);
    const text = decision.ok ? '' : refusalText(earlier.target, decision, AROUND, PAGE);
    expect(text.replaceAll(/\s+/gu, ' ')).toMatch(/--leave-content.* reach4 down and then reach4 diagnose/u);
    const left = planned({ ...moved, flags: { ...flags, leaveContent: true } });
    expect(left.records).toMatchObject([{ content: null, recordId: 'six' }]);
  });

  test('so it is with one that the stack made again', () => {
    const made = { ...up, made: ['new'] };
    const at = (content: string) => held(found({ id: 'new', proxied: true, ttl: 1, content }));
    expect(refused({ earlier, stack: made, inZone: at(OLD6) })).toEqual(['unproven']);
    expect(planned({ earlier, stack: made, inZone: at(STABLE6) }).records).toMatchObject([
      { content: STABLE6 },
    ]);
  });

  test('that it is gone from the zone is put right by up', () => {
    expect(planned({ earlier, stack: up, inZone: held() })).toEqual(earlier);
  });
});

describe('a plan of another name is impossible', () => {
  const good = planned();

  test('whatever record is put in, wherever', () => {
    const name = fc.constantFrom(
      'www.example.org',
      'example.org',
      `x.${NAME}`,
      'home.example.com',
      'home.example.org.',
    );
    const place = fc.constantFrom('previous', 'name', 'target', 'zone');
    fc.assert(
      fc.property(name, place, fc.nat(5), (other, where, at) => {
        const foreign = { ...was(four), id: 'foreign', name: other };
        const previous = good.previous.toSpliced(at, 0, foreign);
        const changed: Record<typeof where, object> = {
          previous: { ...good, previous },
          name: { ...good, name: other },
          target: { ...good, target: { ...good.target, host: other } },
          zone: { ...good, zone: { ...good.zone, name: 'example.net' } },
        };
        expect(edgeProxyPlanSchema.safeParse(changed[where]).success).toBe(false);
      }),
    );
  });

  test('nor does one touch a record that was not found at the name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{32}$/u), (recordId) => {
        const records = good.records.map((record) => ({ ...record, recordId }));
        expect(edgeProxyPlanSchema.safeParse({ ...good, records }).success).toBe(false);
      }),
    );
  });

  test('nor one whose address nobody proved', () => {
    fc.assert(
      fc.property(fc.ipV6(), (content) => {
        const records = good.records.map((record) => ({ ...record, content }));
        const { success } = edgeProxyPlanSchema.safeParse({ ...good, records });
        expect(success).toBe(content === STABLE6);
      }),
    );
  });

  test('nor one that is left behind', () => {
    expect(edgeProxyPlanSchema.safeParse({ ...good, previous: [was(four)] }).success).toBe(false);
    expect(edgeProxyPlanSchema.safeParse({ ...good, records: [] }).success).toBe(false);
  });
});
