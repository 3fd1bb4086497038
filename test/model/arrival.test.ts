import { describe, expect, test } from 'vitest';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import { parseTarget } from '../../src/model/target.ts';
import { arrival4 } from '../../src/model/view/arrival.ts';
import { LAN4, SERVICE, STABLE6, TARGET, WAN4 } from '../support/names.ts';

const ROUTER = '192.168.77.1';
const AGENT = '45.83.104.20';

const item = (probe: string, where: string, vantage: string, facts: object): Evidence =>
  evidenceSchema.parse({
    id: `${probe}:${where}:x`,
    probe,
    vantage,
    at: '2026-11-26T00:00:00.000Z',
    ms: 1,
    how: 'look',
    status: 'ok',
    facts,
  });

const look = (where: string, vantage: string, outcome: string, ports: number[]): Evidence =>
  item('reach', where, vantage, {
    family: 'ipv4',
    address: WAN4,
    port: 443,
    roles: ['given'],
    attempts: ports.map((localPort) => ({ outcome, ms: 1, localPort })),
    identity: outcome === 'connected' ? SERVICE : null,
  });

const from = (sender: string, sourcePorts: number[], port = 443) => ({
  family: 'ipv4',
  from: sender,
  to: LAN4,
  port,
  sourcePorts,
  interface: 'eth0',
  packets: sourcePorts.length,
});

/** Three tries from outside, from the ports 1001 to 1003; and two of the server's own over hairpin NAT, from 2001 and 2002. */
function seenBy(...four: ReturnType<typeof from>[]) {
  const six = { ...from('2a03:4000:47:10::20', [9]), family: 'ipv6', to: STABLE6 };
  const evidence = [
    item('routes', 'here', 'server', {
      replies: [],
      defaults: [{ family: 'ipv4', interface: 'eth0', via: ROUTER, metric: null }],
      interfaces: [],
    }),
    look('outside-1', 'outside', 'timed-out', [1001, 1002, 1003]),
    look('here', 'server', 'connected', [2001, 2002]),
    item('arrivals', 'here', 'server', {
      tool: 'tcpdump',
      port: 443,
      watchedMs: 4000,
      arrivals: [six, ...four],
      replies: [],
    }),
  ];
  return arrival4({ target: parseTarget(TARGET), vantage: 'server', evidence });
}

describe('what the witness saw of a look from outside', () => {
  test('its packets, from its own address', () => {
    expect(seenBy(from(AGENT, [1001, 1002, 1003]))).toMatchObject({
      state: 'at-service',
      masqueraded: false,
      packets: 3,
    });
  });

  test('its packets, in the name of the router', () => {
    expect(seenBy(from(ROUTER, [1001, 1002, 1003]))).toMatchObject({
      state: 'at-service',
      masqueraded: true,
    });
  });

  test('at another port, in the name of the router', () => {
    expect(seenBy(from(ROUTER, [1001], 8443))).toMatchObject({ state: 'at-other-port', port: 8443 });
  });

  test('nothing: what came from the router was led back by hairpin NAT, and asked who is there', () => {
    expect(seenBy(from(ROUTER, [2001, 2002, 2345]))).toMatchObject({ state: 'never' });
  });

  test('nothing that can be told, where the router may have changed the ports', () => {
    expect(seenBy(from(ROUTER, [31001, 31002, 31003]))).toEqual({ state: 'unknown' });
  });

  test('nothing at all, whatever neighbours send', () => {
    expect(seenBy(from('192.168.77.20', [1001]))).toMatchObject({ state: 'never' });
  });

  test("somebody else's packets show that the way is open", () => {
    expect(seenBy(from('203.7.8.9', [5555]))).toMatchObject({ state: 'at-service' });
  });
});

/** The same of a look over UDP; IPv6 datagrams came from the port 3001 at the server, as the look over IPv6 sent them. */
function seenOverUdp(six: number[], ...four: ReturnType<typeof from>[]) {
  const asked = (address: string, ports: number[]) => ({
    ...item('udp-reach', 'outside-1', 'outside', {
      family: address.includes(':') ? 'ipv6' : 'ipv4',
      address,
      port: 53,
      roles: ['given'],
      protocol: 'wireguard',
      attempts: ports.map((localPort) => ({ outcome: 'silent', ms: 1, localPort })),
      identity: null,
    }),
    id: `udp-reach:outside-1:${address}`,
  });
  const arrived6 = { ...from('2a03:4000:47:10::20', six, 53), family: 'ipv6', to: STABLE6 };
  const evidence = [
    asked(WAN4, [1001, 1002, 1003]),
    asked(STABLE6, [3001]),
    item('arrivals', 'here', 'server', {
      tool: 'tcpdump',
      port: 53,
      watchedMs: 4000,
      arrivals: [arrived6, ...four],
      replies: [],
    }),
  ];
  return arrival4({ target: parseTarget('udp://home.example.org:53'), vantage: 'server', evidence });
}

describe('what the witness saw of a look over UDP', () => {
  test('its datagrams', () => {
    expect(seenOverUdp([3001], from(AGENT, [1001], 53))).toMatchObject({ state: 'at-service', packets: 1 });
  });

  test('none, while those over IPv6 came', () => {
    expect(seenOverUdp([3001])).toMatchObject({ state: 'never' });
  });

  test("somebody else's may be answers to what this machine sent: they show nothing", () => {
    expect(seenOverUdp([3001], from('203.7.8.9', [5555], 53))).toEqual({ state: 'unknown' });
  });

  test("somebody else's over IPv6 don't show that the look's own would have been seen", () => {
    expect(seenOverUdp([4444])).toEqual({ state: 'unknown' });
  });
});
