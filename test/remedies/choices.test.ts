import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import type { Choices, Unfit } from '../../src/model/choice.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { RemedyCode, RemedyOffer } from '../../src/model/remedy-offer.ts';
import { choicesFor } from '../../src/remedies/choices.ts';
import { byRank } from '../../src/remedies/registry.ts';
import { delegation } from '../support/evidence.ts';
import { arrivals, firewall, listeners, routes, told, upnp } from '../support/evidence-host.ts';
import { caseOf, dead, deadOutside, LINE, outside, type Scene, SIX, zone } from '../support/home.ts';
import { NAME, OLD4, STABLE6, WAN4 } from '../support/names.ts';

const MADE = { at: new Date('2026-11-27T08:00:00Z'), by: '0.0.0', complete: true };
const diagnosed = (scene: Scene): Diagnosis => judge(caseOf(scene), MADE);

const HOME = [...LINE, ...SIX];
const AT_GANDI = delegation(['ns-12-a.gandi.net', 'ns-7-b.gandi.net']);
const AT_CLOUDFLARE = delegation(['ada.ns.cloudflare.com', 'rob.ns.cloudflare.com']);
const AT_ROUTE53 = delegation(['ns-421.awsdns-52.com', 'ns-1759.awsdns-27.co.uk']);
/** A shared line, and a firewall that drops IPv4 behind it. */
const SHARED = [
  ...HOME,
  ...zone([]),
  upnp('100.64.9.7'),
  routes(),
  listeners(),
  firewall('drop'),
  arrivals(null),
  deadOutside(WAN4),
];
const WRONG_A = [...HOME, ...zone([OLD4]), deadOutside(OLD4), outside(WAN4)];
const NO_FORWARD = [
  ...HOME,
  ...zone([WAN4]),
  upnp(WAN4),
  told({ forwards: 'none' }),
  listeners(),
  firewall(),
  routes(),
  arrivals(null),
  dead(WAN4),
  deadOutside(WAN4),
];

/** What fits, with what reach4 does of it, and why the rest doesn't. */
const shown = ({ fits, unfit }: Choices): [string[], string[]] => [
  fits.map(
    ({ offer, how, dnsElsewhere }) =>
      `${offer.remedy} ${how}${dnsElsewhere === null ? '' : ` (${dnsElsewhere.companies.join()})`}`,
  ),
  unfit.map(({ remedy, because }) => `${remedy} ${because.code}`),
];
const choices = (evidence: readonly Evidence[], more: Partial<Scene> = {}) =>
  shown(choicesFor(diagnosed({ evidence, ...more })));

describe('what there is to choose from', () => {
  test.each<[string, readonly Evidence[], string[], string[]]>([
    [
      'a shared line and a firewall: both by hand, or a way around',
      SHARED,
      ['host-firewall by-hand', 'isp by-hand', 'other-tunnels by-hand', 'relay planned'],
      ['a-record no-working-ipv4', 'edge-proxy dns-elsewhere', 'tunnel dns-elsewhere', 'cdn dns-elsewhere'],
    ],
    [
      'what fixes the cause goes before what costs',
      NO_FORWARD,
      ['port-forward by-hand', 'relay planned'],
      ['a-record no-working-ipv4', 'edge-proxy dns-elsewhere', 'tunnel dns-elsewhere', 'cdn dns-elsewhere'],
    ],
    [
      'a wrong record, kept where reach4 can write',
      [...WRONG_A, AT_CLOUDFLARE],
      ['a-record planned'],
      ['edge-proxy ipv4-works', 'tunnel ipv4-works', 'relay ipv4-works', 'cdn ipv4-works'],
    ],
    [
      'a wrong record, kept at the other provider where reach4 can',
      [...WRONG_A, delegation(['ns-1.awsdns-01.com', 'ns-2.awsdns-02.org'])],
      ['a-record planned'],
      ['edge-proxy ipv4-works', 'tunnel ipv4-works', 'relay ipv4-works', 'cdn ipv4-works'],
    ],
    [
      'a wrong record, kept where reach4 can not',
      [...WRONG_A, AT_GANDI],
      ['a-record by-hand (Gandi)'],
      ['edge-proxy ipv4-works', 'tunnel ipv4-works', 'relay ipv4-works', 'cdn ipv4-works'],
    ],
    [
      'a wrong record, kept under name servers that nobody knows: the plan finds out',
      [...WRONG_A, delegation(['ns1.example.org'])],
      ['a-record planned'],
      ['edge-proxy ipv4-works', 'tunnel ipv4-works', 'relay ipv4-works', 'cdn ipv4-works'],
    ],
    [
      'nothing wrong',
      [...HOME, ...zone([WAN4]), outside(WAN4)],
      [],
      [
        'a-record records-right',
        'edge-proxy nothing-in-the-way',
        'tunnel nothing-in-the-way',
        'relay nothing-in-the-way',
        'cdn nothing-in-the-way',
      ],
    ],
  ])('%s', (_, evidence, fits, unfit) => {
    expect(choices(evidence)).toEqual([fits, unfit]);
  });

  test('a relay whose record is written by hand, or by reach4', () => {
    const relay = (evidence: Evidence): string | undefined =>
      choices([...SHARED, evidence])[0].find((each) => each.startsWith('relay'));
    expect(relay(AT_GANDI)).toBe('relay planned (Gandi)');
    expect(relay(AT_CLOUDFLARE)).toBe('relay planned');
    expect(relay(AT_ROUTE53)).toBe('relay planned');
  });

  test('of UDP: what carries none says so', () => {
    const [fits, unfit] = choices([...SHARED], { target: `udp://${NAME}:27015` });
    expect(fits).toContain('relay planned');
    expect(unfit).toContain('other-tunnels not-carried');
  });

  test('an address has no records, wherever a zone is kept', () => {
    const [, unfit] = choices(SHARED, { target: `[${STABLE6}]:443` });
    expect(unfit).toContain('a-record no-name');
    expect(choicesFor(diagnosed({ evidence: SHARED, target: `[${STABLE6}]:443` })).dns).toBeNull();
  });

  test('what must be done together comes first, in its order', () => {
    const { together, fits } = choicesFor(diagnosed({ evidence: SHARED }));
    expect(together).toEqual(['host-firewall', 'isp']);
    expect(fits.slice(0, 2).map(({ offer }) => offer.remedy)).toEqual(together);
  });
});

describe('why not', () => {
  const because = (diagnosis: Diagnosis, code: RemedyCode): Unfit['because'] | undefined =>
    choicesFor(diagnosis).unfit.find(({ remedy }) => remedy === code)?.because;

  test('a suspicion is told; that there is no fault to put right is not', () => {
    const suspected = diagnosed({
      evidence: [...HOME, ...zone([WAN4]), upnp(WAN4), dead(WAN4), deadOutside(WAN4)],
    });
    expect(suspected.verdicts.find(({ cause }) => cause === 'port-forward')?.verdict).toBe('suspected');
    expect(because(suspected, 'port-forward')).toMatchObject({
      code: 'not-the-cause',
      suspected: ['port-forward'],
    });
    expect(because(suspected, 'hairpin')).toBeUndefined();
  });

  test('what cures only some of it says what it leaves', () => {
    const diagnosis = diagnosed({
      evidence: [...HOME, ...zone([WAN4]), routes(), firewall('drop'), deadOutside(WAN4)],
    });
    const listener = diagnosis.verdicts.map((each) =>
      each.cause === 'ipv6-only-listener' ? { ...each, verdict: 'confirmed' as const } : each,
    );
    const unseen = { ...diagnosis, verdicts: listener, remedies: [] };
    expect(because(unseen, 'listener')).toEqual({ code: 'listener-unseen' });
    expect(because(unseen, 'host-firewall')).toMatchObject({
      code: 'leaves',
      causes: ['ipv6-only-listener'],
    });
  });

  test('a diagnosis of a version that knew less says so', () => {
    expect(because({ ...diagnosed({ evidence: SHARED }), remedies: [] }, 'relay')).toEqual({
      code: 'not-in-diagnosis',
    });
  });

  test('has a reason for everything that reach4 can make and does not offer', () => {
    for (const evidence of [SHARED, WRONG_A, NO_FORWARD, HOME, []]) {
      const { fits, unfit } = choicesFor(diagnosed({ evidence }));
      const told = [...fits.map(({ offer }) => offer.remedy), ...unfit.map(({ remedy }) => remedy)];
      expect(told).toEqual(expect.arrayContaining(['a-record', 'relay']));
      expect(new Set(told).size).toBe(told.length);
    }
  });
});

describe('the rank', () => {
  const offer = (remedy: RemedyCode, monthlyUSD: number | null): RemedyOffer =>
    ({ remedy, monthlyUSD }) as RemedyOffer;

  test.each<[string, RemedyOffer, RemedyOffer]>([
    ['what fixes the cause, before what costs less', offer('listener', 9), offer('relay', 0)],
    ['what costs less', offer('other-tunnels', 0), offer('relay', 5)],
    ['what is free to ask, as free', offer('isp', null), offer('a-record', 1)],
    ['at the same price, what has fewer moving parts', offer('relay', 0), offer('other-tunnels', 0)],
  ])('%s', (_, better, worse) => {
    expect([worse, better].toSorted(byRank)).toEqual([better, worse]);
  });
});
