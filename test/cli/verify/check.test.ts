import { describe, expect, test } from 'vitest';
import {
  type Check,
  canChange,
  isAchieved,
  longestCopy,
  type Promised,
} from '../../../src/cli/verify/check.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { record } from '../../components/plans.ts';
import { authority, reach, resolver, without } from '../../support/evidence.ts';
import { authorities, dead, deadOutside, outside, SIX, SIX_HERE, zone } from '../../support/home.ts';
import { OLD4, OTHER4, SERVICE, SILENT, STABLE6, STRANGER, tls, WAN4 } from '../../support/names.ts';
import { A_PLAN, checksOf } from './seen.ts';

const WORKS: readonly Evidence[] = [...SIX, outside(WAN4)];
const ofCode = (checks: readonly Check[], code: Check['code']) =>
  checks.filter((each) => each.code === code).map(({ state, text }) => `${state}: ${text}`);
const right = { a: [WAN4], aaaa: [STABLE6] };

describe("the zone's servers", () => {
  test.each<[string, readonly Evidence[], string]>([
    ['all say it', authorities([WAN4]), `holds: the zone's servers say A ${WAN4} (2 asked)`],
    ['say another', authorities([OLD4]), `waiting: the zone's servers say A ${OLD4}; the plan says ${WAN4}`],
    ['say none', authorities([]), `waiting: the zone's servers say no A; the plan says ${WAN4}`],
    [
      'know no such name',
      authorities('nxdomain', 'nxdomain'),
      `waiting: the zone's servers say no A; the plan says ${WAN4}`,
    ],
    [
      'say more than it',
      authorities([WAN4, OLD4]),
      `waiting: the zone's servers say A ${WAN4}, ${OLD4}; the plan says ${WAN4}`,
    ],
    [
      'disagree',
      [authority('ns1', right), authority('ns2', { ...right, a: [OLD4] })],
      `waiting: the zone's servers say A ${WAN4}, ${OLD4}; the plan says ${WAN4}`,
    ],
    [
      'half of them are silent',
      [authority('ns1', right), authority('ns2', { a: 'timed-out', aaaa: 'timed-out' })],
      `holds: the zone's servers say A ${WAN4} (1 asked)`,
    ],
    [
      'are all silent, whatever a resolver says',
      [...authorities('timed-out', 'timed-out'), resolver(right)],
      "waiting: the zone's own servers couldn't be asked for A",
    ],
    [
      'nobody asked them, whatever resolvers say',
      [resolver(right), resolver(right, { by: 'outside-1' })],
      "waiting: the zone's own servers couldn't be asked for A",
    ],
    ['the look was interrupted', [], "waiting: the zone's own servers couldn't be asked for A"],
  ])('%s', (_, evidence, expected) => {
    expect(ofCode(checksOf([...evidence, ...WORKS]), 'zone-says')).toEqual([expected]);
  });

  test('one of them does not have the record yet: whoever asks that one gets nothing', () => {
    const checks = checksOf([authority('ns1', right), authority('ns2', { ...right, a: [] }), ...WORKS]);
    expect(ofCode(checks, 'zone-says')).toEqual([expect.stringMatching(/^waiting: /u)]);
    expect(isAchieved(checks)).toBe(false);
  });

  test('each record of the plan is held against the zone', () => {
    const both: Promised = { ...A_PLAN, records: [...A_PLAN.records, { type: 'AAAA', content: STABLE6 }] };
    expect(ofCode(checksOf([...authorities([OLD4]), ...WORKS], { promised: both }), 'zone-says')).toEqual([
      `waiting: the zone's servers say A ${OLD4}; the plan says ${WAN4}`,
      `holds: the zone's servers say AAAA ${STABLE6} (2 asked)`,
    ]);
  });

  test('a record whose content is left to its keeper may have moved with the line', () => {
    const left: Promised = { ...A_PLAN, records: [record({ content: OLD4, leaveContent: true })] };
    expect(isAchieved(checksOf([...zone([WAN4]), ...WORKS], { promised: left }))).toBe(true);
  });
});

describe('IPv4, seen from outside', () => {
  const lost = `waiting: ${WAN4} does not answer as the service, seen from outside`;
  const open = 'waiting: whether the same service answers over IPv4 could not be told';
  const nobody =
    'fails: nobody looked from outside: run `reach4 agent` on a machine elsewhere and add --outside http://AGENT:4460';
  const couldNot = "fails: the outside agent couldn't look: as the test says";
  const answers = (where: string) =>
    `holds: ${WAN4} answers as the same service as IPv6, seen from ${where} outside`;
  const fromTwo = reach(WAN4, { from: 'outside-2' });
  const deadFromTwo = reach(WAN4, { from: 'outside-2', outcome: 'timed-out' });

  test.each<[string, readonly Evidence[], string]>([
    ['the service', WORKS, answers('one place')],
    ['the service, from two places', [...WORKS, fromTwo], answers('2 places')],
    ['the service, though not from here', [...WORKS, dead(WAN4)], answers('one place')],
    ['nobody', [...SIX, deadOutside(WAN4)], lost],
    ['nobody, though from here', [...SIX, reach(WAN4), deadOutside(WAN4)], lost],
    ['a refusal', [...SIX, outside(WAN4, { outcome: 'refused' })], lost],
    ['the service, but not everywhere', [...WORKS, deadFromTwo], lost],
    ['another service', [...SIX, outside(WAN4, { identity: STRANGER })], lost],
    ['something silent', [...SIX, outside(WAN4, { identity: SILENT })], open],
    ['an agent without IPv4', [...SIX, outside(WAN4, { outcome: 'no-route' })], open],
    ['most tries lost', [...SIX, outside(WAN4, { outcome: ['connected', 'timed-out', 'timed-out'] })], open],
    ['no IPv6 to compare with', [deadOutside(STABLE6), outside(WAN4)], open],
    ['nobody looked', [...SIX_HERE, reach(WAN4)], nobody],
    ['the agent failed', [...SIX_HERE, without('reach', 'failed', 'unauthorised', 'outside-1')], couldNot],
    ['the agent skipped it', [...SIX_HERE, without('reach', 'skipped', 'refused', 'outside-1')], couldNot],
    ['another address works', [...SIX, outside(OTHER4), deadOutside(WAN4)], lost],
  ])('%s', (_, evidence, expected) => {
    const checks = checksOf([...zone([WAN4], [STABLE6], false), ...evidence]);
    expect(ofCode(checks, 'ipv4-answers')).toEqual([expected]);
    expect(isAchieved(checks)).toBe(expected.startsWith('holds'));
    expect(canChange(checks)).toBe(!expected.startsWith('fails'));
  });
});

describe('a plan for the AAAA alone', () => {
  const promised: Promised = { records: [{ type: 'AAAA', content: STABLE6 }], identity: SERVICE };

  test.each<[string, readonly Evidence[], boolean]>([
    ['the A that is there answers', [...zone([WAN4]), ...WORKS], true],
    ['the A that is there is dead', [...zone([OLD4]), ...SIX, deadOutside(OLD4)], false],
    ['one of two A is dead', [...zone([WAN4, OLD4]), ...WORKS, deadOutside(OLD4)], false],
    ['the AAAA is not there yet', [...zone([WAN4], []), ...WORKS], false],
  ])('%s', (_, evidence, expected) => {
    const checks = checksOf(evidence, { promised });
    expect(checks.filter(({ code }) => code === 'zone-says')).toHaveLength(1);
    expect(isAchieved(checks)).toBe(expected);
  });

  test('without an A record, it is not the agent that is missing', () => {
    const checks = checksOf([...zone([]), ...SIX], { promised });
    expect(isAchieved(checks)).toBe(false);
    expect(ofCode(checks, 'ipv4-answers').join()).not.toMatch(/nobody looked|agent/u);
  });
});

describe('the service has another key than when the plan was made', () => {
  const before: Promised = { ...A_PLAN, identity: tls('c') };
  const told = 'the service has another key than when the plan was made (renewed certificates do that)';

  test.each<[string, readonly Evidence[], Promised, string[]]>([
    ['no', [...zone([WAN4]), ...WORKS], A_PLAN, []],
    ['over IPv6, too', [...zone([WAN4]), ...WORKS], before, [`holds: ${told}`]],
    ['seen from here only', [...zone([WAN4]), ...SIX, reach(WAN4)], before, []],
    ['it was not recognised then', [...zone([WAN4]), ...WORKS], { ...A_PLAN, identity: null }, []],
    ['it is not recognised now', [...zone([WAN4]), ...SIX, outside(WAN4, { identity: SILENT })], before, []],
  ])('%s', (_, evidence, promised, expected) => {
    expect(ofCode(checksOf(evidence, { promised }), 'same-as-planned')).toEqual(expected);
  });

  test('only over IPv4: that holds for nobody', () => {
    const checks = checksOf([...zone([WAN4]), ...SIX, outside(WAN4, { identity: STRANGER })]);
    expect(checks.filter(({ code, state }) => code === 'same-as-planned' && state === 'holds')).toEqual([]);
    expect(isAchieved(checks)).toBe(false);
  });

  test('is no failure while only a cache elsewhere still has the old address', () => {
    const stale = resolver({ ...right, a: [[OLD4, 60]] }, { by: 'outside-1' });
    const evidence = [...authorities([WAN4]), stale, ...WORKS, deadOutside(OLD4)];
    expect(isAchieved(checksOf(evidence))).toBe(true);
    expect(isAchieved(checksOf(evidence, { promised: before }))).toBe(true);
  });
});

describe('copies in resolvers', () => {
  const from = (a: Parameters<typeof resolver>[0]['a']) => [
    ...authorities([WAN4]),
    resolver({ a, aaaa: [STABLE6] }, { server: '192.168.77.1' }),
    ...WORKS,
  ];
  const says = (what: string, ttl: number) =>
    `waiting: the resolver 192.168.77.1 still says ${what}, for up to ${ttl} s`;

  test.each<[string, Parameters<typeof from>[0], string[], number]>([
    ['none', [[WAN4, 300]], [], 0],
    ['an old address', [[OLD4, 120]], [says(`A ${OLD4}`, 120)], 120],
    [
      'an old address beside the right one',
      [
        [WAN4, 900],
        [OLD4, 120],
      ],
      [says(`A ${OLD4}`, 120)],
      120,
    ],
    [
      'two old ones',
      [
        [OLD4, 120],
        [OTHER4, 240],
      ],
      [says(`A ${OLD4}, ${OTHER4}`, 240)],
      240,
    ],
    ['no data', [], [says('no A', 300)], 300],
    ['no such name', 'nxdomain', [says('no A', 300)], 300],
    ['no data, and for how long is not told', { outcome: 'no-data', soa: null }, [says('no A', 0)], 0],
    ['it fails', 'servfail', [], 0],
    ['it is silent', 'timed-out', [], 0],
  ])('%s', (_, a, expected, seconds) => {
    const checks = checksOf(from(a));
    expect(ofCode(checks, 'copies')).toEqual(expected);
    expect(isAchieved(checks)).toBe(true);
    expect(longestCopy(checks)).toBe(seconds);
  });

  test('an address that stays beside the right one is none of an earlier answer', () => {
    const both = [
      resolver(
        {
          a: [
            [WAN4, 60],
            [OLD4, 60],
          ],
          aaaa: [STABLE6],
        },
        { server: '192.168.77.1' },
      ),
    ];
    const stays: Promised = { ...A_PLAN, records: [{ type: 'A', content: WAN4, beside: [OLD4] }] };
    const checks = checksOf([...authorities([WAN4, OLD4]), ...both, ...WORKS], { promised: stays });
    expect(ofCode(checks, 'copies')).toEqual([]);
  });

  test('the same resolver is told of once, whoever asked it', () => {
    const old = { ...right, a: [[OLD4, 60]] as const };
    const one = { server: '9.9.9.9' };
    const asked = [resolver(old, one), resolver(old, { ...one, by: 'outside-1' })];
    const checks = checksOf([...authorities([WAN4]), ...asked, ...WORKS, deadOutside(OLD4)]);
    expect(ofCode(checks, 'copies')).toHaveLength(1);
  });
});

describe('what follows from the checks', () => {
  const zoneSays = (state: Check['state']): Check => ({ code: 'zone-says', state, text: '' });
  const answers = (state: Check['state']): Check => ({ code: 'ipv4-answers', state, text: '' });
  const copy = (seconds: number): Check => ({ code: 'copies', state: 'waiting', text: '', seconds });

  test.each<[string, Check[], { achieved: boolean; change: boolean; seconds: number }]>([
    ['all hold', [zoneSays('holds'), answers('holds')], { achieved: true, change: true, seconds: 0 }],
    ['and a copy', [answers('holds'), copy(60), copy(9)], { achieved: true, change: true, seconds: 60 }],
    ['one waits', [zoneSays('waiting'), answers('holds')], { achieved: false, change: true, seconds: 0 }],
    ['one fails', [zoneSays('holds'), answers('fails')], { achieved: false, change: false, seconds: 0 }],
    // Nobody who looks: no time to live changes that.
    [
      'one waits, one fails',
      [zoneSays('waiting'), answers('fails')],
      { achieved: false, change: false, seconds: 0 },
    ],
    ['a copy, and one fails', [answers('fails'), copy(60)], { achieved: false, change: false, seconds: 60 }],
  ])('%s', (_, checks, expected) => {
    const result = { achieved: isAchieved(checks), change: canChange(checks), seconds: longestCopy(checks) };
    expect(result).toEqual(expected);
  });
});

test('an address without a record, of a relay to a bare address, is held to the same', () => {
  const promised: Promised = { records: [], identity: SERVICE, address: OTHER4 };
  const relayed = checksOf([...zone([]), ...SIX, outside(OTHER4)], { promised });
  expect(ofCode(relayed, 'zone-says')).toEqual([]);
  expect(ofCode(relayed, 'ipv4-answers')[0]).toMatch(`holds: ${OTHER4} answers as the same service as IPv6`);
  expect(isAchieved(relayed)).toBe(true);
  expect(isAchieved(checksOf([...zone([]), ...SIX, deadOutside(OTHER4), outside(WAN4)], { promised }))).toBe(
    false,
  );
});
