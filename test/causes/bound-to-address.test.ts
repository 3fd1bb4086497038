import { describe, expect, test } from 'vitest';
import { caseOfHome, NO_ANSWER, type Seen } from '../../docs/causes/home.ts';
import { ipv6OnlyListener } from '../../src/causes/ipv6-only-listener.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { reach } from '../support/evidence.ts';
import { inRole, listeners, made } from '../support/evidence-host.ts';
import { LINE, ownAddresses } from '../support/home.ts';
import { LAN4, STABLE6 } from '../support/names.ts';

const WITHOUT_ADDRESSES = LINE.filter(({ probe }) => probe !== 'addresses');
const also = (own: readonly [string, { interface: string }]): Evidence[] => [
  ...WITHOUT_ADDRESSES,
  ownAddresses(LAN4, STABLE6, own),
];
/** A tunnel beside the interface of the local network. */
const TUNNEL = made('routes', 'own', 'ip route', {
  replies: [{ family: 'ipv4', from: LAN4, arrivesBy: 'eth0', leavesBy: 'eth0', via: '192.168.77.1' }],
  defaults: [],
  interfaces: [
    { name: 'eth0', kind: null, tunnel: false },
    { name: 'wg0', kind: 'wireguard', tunnel: true },
    { name: 'ppp0', kind: 'ppp', tunnel: true },
  ],
});

const judged = (bound: string, seen: Seen) =>
  ipv6OnlyListener.judge(
    caseOfHome({
      where: '',
      seen: {
        ...NO_ANSWER,
        listeners: [listeners({ v6only: true }, { family: 'ipv4', address: bound, v6only: null })],
        ...seen,
      },
    }),
  );

describe('a program that is bound to one IPv4 address', () => {
  test.each<[string, string, Seen, string]>([
    ['127.0.0.1', '127.0.0.1', {}, 'confirmed'],
    ['127.0.0.1, addresses unread', '127.0.0.1', { line: WITHOUT_ADDRESSES }, 'confirmed'],
    ['another of 127.0.0.0/8', '127.8.8.8', { line: WITHOUT_ADDRESSES }, 'confirmed'],
    ['addresses unread', LAN4, { line: WITHOUT_ADDRESSES }, 'unknown'],
    ['an address that was not seen', '192.168.77.99', {}, 'unknown'],
    ['a public address that was not seen', '81.2.99.99', {}, 'unknown'],
    [
      'a tunnel',
      '10.8.0.1',
      { line: also(['10.8.0.1', { interface: 'wg0' }]), routes: [TUNNEL] },
      'confirmed',
    ],
    [
      'a bridge of containers',
      '172.17.0.1',
      { line: also(['172.17.0.1', { interface: 'docker0' }]) },
      'confirmed',
    ],
    [
      'the public address that PPPoE gives the server itself',
      '81.2.99.2',
      { line: also(['81.2.99.2', { interface: 'ppp0' }]), routes: [TUNNEL] },
      'unknown',
    ],
  ])('%s', (_, bound, seen, verdict) => {
    expect(judged(bound, seen).verdict).toBe(verdict);
  });

  test('says which, and what would tell', () => {
    const { because, next } = judged(LAN4, { line: WITHOUT_ADDRESSES });
    expect(because).toEqual([
      { code: 'listens-on-unplaced4', args: { port: 443, program: 'nginx', addresses: [LAN4] } },
    ]);
    expect(next?.code).toBe('run-on-server');
  });

  test('beside a neighbour who gets in there is no cause', () => {
    const aside: Evidence[] = [{ ...inRole(reach(LAN4), 'lan'), vantage: 'lan' }];
    aside.push({ ...inRole(reach(STABLE6), 'aaaa-record'), id: 'reach:lan-1:six', vantage: 'lan' });
    expect(judged(LAN4, { line: WITHOUT_ADDRESSES, aside }).verdict).toBe('ruled-out');
  });
});
