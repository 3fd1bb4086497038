import { describe, expect, test } from 'vitest';
import { joined, ownTrials, serviceHint, trials } from '../../../src/cli/diagnose/plan-reach.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { authority, resolver, whoami, without } from '../../support/evidence.ts';
import { authorities, ownAddresses, zone } from '../../support/home.ts';
import { LAN4, NAME, OLD4, OTHER4, STABLE6, TEMPORARY6, VPN4, WAN4 } from '../../support/names.ts';

/** `address role+role`, in the order of the trials. */
const shown = (all: ReturnType<typeof trials>) =>
  all.map(({ address, roles }) => `${address} ${roles.join('+')}`);
const target = parseTarget(NAME);
const many = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `81.2.100.${from + index}`);

describe('the addresses worth trying', () => {
  test.each<[string, readonly Evidence[], string | null, string[]]>([
    ['nothing is known', [], null, []],
    ['records', zone([OLD4]), null, [`${OLD4} a-record`, `${STABLE6} aaaa-record`]],
    [
      'whoever names them',
      [authority('ns1', { a: [OLD4], aaaa: [] }), resolver({ a: [OTHER4], aaaa: [STABLE6] })],
      null,
      [`${OTHER4} a-record`, `${OLD4} a-record`, `${STABLE6} aaaa-record`],
    ],
    [
      'how services see the line',
      [...zone([]), whoami(WAN4), whoami(VPN4, 'https://two.example.net')],
      null,
      [`${STABLE6} aaaa-record`, `${WAN4} observed`, `${VPN4} observed`],
    ],
    ['over IPv6 as well, which says nothing of IPv4', [whoami(STABLE6)], null, []],
    [
      'an address with several reasons, once',
      [...zone([WAN4]), whoami(WAN4), whoami(WAN4, 'https://two.example.net')],
      null,
      [`${WAN4} a-record+observed`, `${STABLE6} aaaa-record`],
    ],
    ['--ipv4 replaces what services say', [whoami(VPN4)], WAN4, [`${WAN4} given`]],
    ['--ipv4 is the record', zone([WAN4], []), WAN4, [`${WAN4} a-record+given`]],
    ['probes without facts', [without('resolver'), without('whoami', 'skipped', 'not-consented')], null, []],
    [
      'none that means another host elsewhere',
      [
        ...authorities(
          [LAN4, '100.64.1.1', '127.0.0.1', '169.254.169.254', '0.0.0.0', '224.0.0.1'],
          ['::1', 'fe80::1', 'fd00::1', '2001:db8::1', 'ff02::1', '64:ff9b::a00:1'],
        ),
        whoami('10.0.0.1'),
      ],
      null,
      [],
    ],
  ])('%s', (_, evidence, ipv4, expected) => {
    expect(shown(trials(target, ipv4, evidence)).sort()).toEqual([...expected].sort());
  });

  test.each<[string, string[]]>([
    [WAN4, [`${WAN4} literal`]],
    [`[${STABLE6}]`, [`${STABLE6} literal`]],
    [LAN4, []],
    ['[::1]:443', []],
    ['[::ffff:127.0.0.1]:443', []],
  ])('the target %s is one itself', (literal, expected) => {
    expect(shown(trials(parseTarget(literal), null, []))).toEqual(expected);
  });

  test('at most eight', () => {
    expect(trials(target, null, zone(many(20), []))).toHaveLength(8);
  });

  test.each([8, 20])(
    '%i A records leave room for the control over IPv6 and the address that is sought',
    (count) => {
      const evidence = zone(many(count));
      expect(shown(trials(target, WAN4, evidence))).toContain(`${WAN4} given`);
      expect(shown(trials(target, WAN4, evidence))).toContain(`${STABLE6} aaaa-record`);
      expect(shown(trials(target, null, [...evidence, whoami(WAN4)]))).toContain(`${WAN4} observed`);
    },
  );
});

describe("this machine's own addresses", () => {
  test('public ones that stay', () => {
    const own = ownAddresses(
      LAN4,
      WAN4,
      STABLE6,
      [TEMPORARY6, { temporary: true }],
      ['2a0b:4341:7700::99', { temporary: null }],
      'fe80::1',
      'fd00::1',
      '127.0.0.1',
    );
    expect(shown(ownTrials([own]))).toEqual([`${WAN4} own`, `${STABLE6} own`, '2a0b:4341:7700::99 own']);
  });

  test('at most eight', () => {
    expect(ownTrials([ownAddresses(...many(20))])).toHaveLength(8);
  });

  test('none, where nobody looked', () => {
    expect(ownTrials([without('addresses')])).toEqual([]);
  });
});

describe('both lists together', () => {
  const one = { address: WAN4, roles: ['a-record' as const] };
  test.each<[string, ReturnType<typeof trials>, ReturnType<typeof trials>, string[]]>([
    ['nothing', [], [], []],
    ['the same', [one], [one], [`${WAN4} a-record`]],
    [
      'one address for two reasons',
      [one],
      [
        { address: WAN4, roles: ['own'] },
        { address: STABLE6, roles: ['own'] },
      ],
      [`${WAN4} a-record+own`, `${STABLE6} own`],
    ],
    [
      'at most eight, the first list first',
      many(8).map((address) => ({ address, roles: ['a-record'] })),
      many(8, 5).map((address) => ({ address, roles: ['own'] })),
      many(8).map((address, index) => `${address} a-record${index >= 4 ? '+own' : ''}`),
    ],
  ])('%s', (_, wanted, own, expected) => {
    expect(shown(joined(wanted, own))).toEqual(expected);
  });

  test('the lists themselves stay as they are', () => {
    const wanted = [{ address: WAN4, roles: ['a-record' as const] }];
    joined(wanted, [{ address: WAN4, roles: ['own'] }]);
    expect(shown(wanted)).toEqual([`${WAN4} a-record`]);
  });
});

test.each([
  [`https://${NAME}/path`, { protocol: 'tls', name: NAME, path: '/path' }],
  [`ssh://${NAME}`, { protocol: 'ssh', name: NAME, path: '/' }],
  [`[${STABLE6}]:8080`, { protocol: 'tcp', name: null, path: '/' }],
  [`udp://${NAME}:27015`, null],
])('what to recognise at %s', (text, hint) => {
  expect(serviceHint(parseTarget(text))).toEqual(hint);
});
