import { describe, expect, test } from 'vitest';
import type { Evidence, Vantage } from '../../src/model/evidence.ts';
import { parseTarget } from '../../src/model/target.ts';
import { decideVantage, withVantage } from '../../src/model/view/vantage.ts';
import { reach, whoami } from '../support/evidence.ts';
import { authorities, caseOf, ownAddresses, zone } from '../support/home.ts';
import { LAN4, OLD6, PROXY4, PROXY6, STABLE6, STRANGER, TARGET, VPN4, WAN4 } from '../support/names.ts';

const decide = (evidence: readonly Evidence[], target = TARGET, told: Vantage | null = null): Vantage =>
  decideVantage(told, parseTarget(target), caseOf({ target, vantage: 'unknown', evidence }).evidence).vantage;

const laptop = ownAddresses('192.168.77.20', '2a0b:4341:7700::20');
const cafe = [ownAddresses('10.7.7.7', '2a02:8071:1::7'), whoami(VPN4)];

const CASES: readonly (readonly [
  what: string,
  evidence: readonly Evidence[],
  vantage: Vantage | readonly Vantage[],
])[] = [
  ['nothing seen', [], 'unknown'],
  ['the AAAA is an address of this machine', [ownAddresses(LAN4, STABLE6), ...zone([])], 'server'],
  ['the A is an address of this machine (a VPS)', [ownAddresses(WAN4), ...zone([WAN4], [])], 'server'],
  ['beside the server, in its prefix', [laptop, whoami(WAN4), ...zone([WAN4])], 'lan'],
  ['on another line, from where the AAAA answers', [...cafe, ...zone([WAN4]), reach(STABLE6)], 'outside'],
  ['another prefix than an AAAA that nobody tried: it may be stale', [...cafe, ...zone([WAN4])], 'unknown'],
  [
    'the addresses of this machine could not be read',
    [whoami(VPN4), ...zone([WAN4])],
    ['unknown', 'outside'],
  ],
  ['a proxied name', [ownAddresses(LAN4, STABLE6), ...zone([PROXY4], [PROXY6])], 'unknown'],
  [
    'A loopback: every machine has that address',
    [ownAddresses('127.0.0.1', '10.7.7.7'), ...zone(['127.0.0.1'])],
    'unknown',
  ],
  ['A private: many machines have that address', [ownAddresses(LAN4), ...zone([LAN4], [])], 'unknown'],
  [
    'a wrong AAAA, and another service at the address of this machine',
    [laptop, ...authorities([WAN4], [OLD6]), reach('2a0b:4341:7700::20', { identity: STRANGER })],
    ['unknown', 'lan'],
  ],
  [
    'IPv4 only, behind the same NAT as A says',
    [ownAddresses('192.168.77.20'), whoami(WAN4), ...zone([WAN4])],
    ['lan', 'unknown'],
  ],
];

describe('where this machine stands', () => {
  test.each(CASES)('%s', (_what, evidence, vantage) => {
    expect([vantage].flat()).toContain(decide(evidence));
  });

  test('what the user says counts', () => {
    expect(decide([laptop, ...zone([WAN4])], TARGET, 'server')).toBe('server');
  });

  test('a literal address of this machine', () => {
    expect(decide([ownAddresses(STABLE6)], `[${STABLE6}]:443`)).toBe('server');
  });

  test('only what was seen here gets the vantage', () => {
    const items = [reach(WAN4), reach(WAN4, { from: 'outside-1' })];
    expect(withVantage(items, 'lan').map(({ vantage }) => vantage)).toEqual(['lan', 'outside']);
  });
});
