import { describe, expect, test } from 'vitest';
import type { WhyNot } from '../../src/model/choice.ts';
import type { Verdict } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { offerARecord } from '../../src/remedies/a-record/offer.ts';
import { reach, resolver, whoami } from '../support/evidence.ts';
import { authorities, caseOf, deadOutside, LINE, outside, ownAddresses, SIX, zone } from '../support/home.ts';
import {
  LAN4,
  NAME,
  OLD4,
  OLD6,
  PROXY4,
  PROXY6,
  SILENT,
  STABLE6,
  STRANGER,
  TEMPORARY6,
  tls,
  WAN4,
} from '../support/names.ts';
import { made, whyNot } from './scene.ts';

/** What the cause `dns` says; the remedy must not have to trust it. */
const dns = (verdict: Verdict['verdict'], ...because: Verdict['because']): Verdict => ({
  cause: 'dns',
  verdict,
  because,
  evidence: [],
  next: null,
});
const offer = (evidence: readonly Evidence[], verdict = dns('confirmed')) =>
  offerARecord(caseOf({ evidence }), [verdict]);

const missing = [...LINE, ...zone([]), ...SIX];

describe('the remedy a-record', () => {
  test('writes the address that answers as the service, and says who saw that', () => {
    expect(offer([...missing, outside(WAN4)])).toEqual({
      remedy: 'a-record',
      cures: ['dns'],
      monthlyUSD: 0,
      carries: 'everything',
      minutes: 1,
      name: NAME,
      changes: [{ type: 'A', from: [], to: WAN4, seenIn: `reach:outside-1:${WAN4}` }],
    });
  });

  test('cites the view from outside where there is one', () => {
    const [change] = made(offer([...missing, reach(WAN4), outside(WAN4)])).changes;
    expect(change?.seenIn).toBe(`reach:outside-1:${WAN4}`);
  });

  test.each(['ruled-out', 'unknown'] as const)('is not offered where dns is %s', (verdict) => {
    expect(whyNot(offer([...missing, outside(WAN4)], dns(verdict)))).toBe('not-the-cause');
  });

  test('is not offered without a verdict on dns', () => {
    expect(whyNot(offerARecord(caseOf({ evidence: [...missing, outside(WAN4)] }), []))).toBe('not-the-cause');
  });
});

/** DNS is sacred: no address is written that wasn't seen to answer as the service. */
const NEVER: readonly (readonly [why: string, evidence: readonly Evidence[], told: WhyNot['code']])[] = [
  ['nothing answers at the line', [...missing, deadOutside(WAN4)], 'no-working-ipv4'],
  [
    'another service answers at the line',
    [...missing, outside(WAN4, { identity: STRANGER })],
    'no-working-ipv4',
  ],
  [
    'who answers at the line is not known',
    [...missing, outside(WAN4, { identity: SILENT })],
    'no-working-ipv4',
  ],
  ['it was not tried', missing, 'no-working-ipv4'],
  [
    'it answers here, and is dead from outside',
    [...missing, reach(WAN4), deadOutside(WAN4)],
    'no-working-ipv4',
  ],
  [
    'it answers here, and as another service outside',
    [...missing, reach(WAN4), outside(WAN4, { identity: STRANGER })],
    'no-working-ipv4',
  ],
  [
    'most tries fail',
    [...missing, outside(WAN4, { outcome: ['timed-out', 'connected', 'timed-out'] })],
    'no-working-ipv4',
  ],
  ['it is private', [...missing, reach(LAN4)], 'no-working-ipv4'],
  ['the carrier shares it', [...missing, whoami('100.64.9.7'), reach('100.64.9.7')], 'no-working-ipv4'],
  [
    'nobody knows what the record says now',
    [...LINE, ...zone('timed-out'), ...SIX, outside(WAN4)],
    'records-unknown',
  ],
  [
    'the zone is broken',
    [...LINE, ...zone('servfail', 'servfail'), ...SIX, outside(WAN4)],
    'records-unknown',
  ],
  ['the record is right', [...LINE, ...zone([WAN4]), ...SIX, outside(WAN4)], 'records-right'],
  [
    "a proxy's record",
    [...LINE, ...zone([PROXY4], [PROXY6]), reach(STABLE6), deadOutside(PROXY4), outside(WAN4)],
    'behind-edge',
  ],
  [
    'nothing of IPv6 was seen, and a certificate that covers the name vouches',
    [...LINE, ...zone([], []), outside(WAN4, { identity: tls('d', { trusted: true }) })],
    'no-control',
  ],
  [
    'the name does not exist',
    [...LINE, ...zone('nxdomain', 'nxdomain'), reach(STABLE6), outside(WAN4)],
    'no-such-name',
  ],
];

describe('it is never offered', () => {
  test.each(NEVER)('where %s', (_why, evidence, told) => {
    expect(whyNot(offer(evidence))).toBe(told);
  });
});

describe('among several records', () => {
  test('keeps the one that works', () => {
    const evidence = [...LINE, ...zone([OLD4, WAN4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
    expect(made(offer(evidence)).changes).toMatchObject([{ type: 'A', to: WAN4 }]);
  });

  test('leaves them alone when all of them work', () => {
    const evidence = [...LINE, ...zone([OLD4, WAN4]), ...SIX, outside(OLD4), outside(WAN4)];
    expect(whyNot(offer(evidence, dns('suspected')))).toBe('records-right');
  });

  test("leaves a right record alone when a resolver's copy is wrong", () => {
    const evidence = [
      ...LINE,
      ...authorities([WAN4]),
      resolver({ a: [OLD4], aaaa: [STABLE6] }, { by: 'outside-1' }),
      ...SIX,
      outside(WAN4),
      deadOutside(OLD4),
    ];
    expect(whyNot(offer(evidence, dns('suspected')))).toBe('records-right');
  });
});

describe('the AAAA', () => {
  const wrong = dns('confirmed', {
    code: 'aaaa-not-this-server',
    args: { address: OLD6, stable: [STABLE6] },
  });
  const stale = [...zone([WAN4], [OLD6]), deadOutside(OLD6), outside(WAN4), reach(STABLE6)];

  test('is corrected to the stable address that answers', () => {
    expect(made(offer([...LINE, ...stale, outside(STABLE6)], wrong)).changes).toEqual([
      { type: 'AAAA', from: [OLD6], to: STABLE6, seenIn: `reach:outside-1:${STABLE6}` },
    ]);
  });

  test('is not touched where nothing is wrong with it', () => {
    expect(whyNot(offer([...LINE, ...stale, outside(STABLE6)], dns('suspected')))).toBe('records-right');
  });

  test('is not corrected to a temporary or a deprecated address', () => {
    const temporary = ownAddresses(LAN4, [TEMPORARY6, { temporary: true }]);
    const deprecated = ownAddresses(LAN4, [STABLE6, { deprecated: true }]);
    expect(whyNot(offer([temporary, whoami(WAN4), ...stale, outside(TEMPORARY6)], wrong))).toBe(
      'no-lasting-ipv6',
    );
    expect(whyNot(offer([deprecated, whoami(WAN4), ...stale, outside(STABLE6)], wrong))).toBe(
      'no-lasting-ipv6',
    );
  });

  test('is not corrected to an address of which nobody knows whether it stays', () => {
    const untold = ownAddresses(LAN4, [STABLE6, { temporary: null, deprecated: null }]);
    expect(whyNot(offer([untold, whoami(WAN4), ...stale, outside(STABLE6)], wrong))).toBe('no-lasting-ipv6');
  });

  test('is not corrected to an address that is dead outside', () => {
    expect(whyNot(offer([...LINE, ...stale, deadOutside(STABLE6)], wrong))).toBe('no-lasting-ipv6');
  });
});
