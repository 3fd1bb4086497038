import { describe, expect, test } from 'vitest';
import { type Evidence, evidenceSchema, seen, type Vantage } from '../../../src/model/evidence.ts';
import type { UdpOutcome, UdpProtocol } from '../../../src/model/facts/udp.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { reachSeen } from '../../../src/model/view/reach-seen.ts';
import { reachability } from '../../../src/model/view/reachability.ts';
import { control, stateOf } from '../../../src/model/view/service.ts';
import { authority } from '../../support/evidence.ts';
import { NAME, STABLE6, WAN4 } from '../../support/names.ts';

type Outcome = UdpOutcome['outcome'];

interface Look {
  readonly outcomes?: readonly Outcome[];
  readonly protocol?: UdpProtocol;
  readonly unique?: string | null;
  readonly where?: string;
  readonly vantage?: Vantage;
  readonly at?: string;
  readonly port?: number;
}

const AT = '2026-11-23T21:00:00.000Z';

function look(
  address: string,
  { outcomes = ['answered', 'answered', 'answered'], protocol = 'dns', unique = 'soa 1', ...more }: Look = {},
): Evidence {
  const { where = 'outside-1', vantage = 'outside', at = AT, port = 53 } = more;
  const six = address.includes(':');
  return evidenceSchema.parse({
    id: `udp-reach:${where}:${address}`,
    probe: 'udp-reach',
    vantage,
    at,
    ms: 1,
    how: 'dig',
    status: 'ok',
    facts: {
      family: six ? 'ipv6' : 'ipv4',
      address,
      port,
      roles: [six ? 'aaaa-record' : 'a-record'],
      protocol,
      attempts: outcomes.map((outcome) => ({ outcome, ms: 1 })),
      identity: outcomes.includes('answered') ? { kind: 'datagram', protocol, says: 'x', unique } : null,
    },
  });
}

const SILENT: readonly Outcome[] = ['silent', 'silent', 'silent'];

function judged(...evidence: Evidence[]) {
  const records = authority('ns1', { a: [WAN4], aaaa: [STABLE6] });
  const the = {
    target: parseTarget(`udp://${NAME}:53`),
    vantage: 'server' as const,
    evidence: [records, ...evidence],
  };
  const item = reachSeen(the.evidence).find(({ facts }) => facts.family === 'ipv4');
  if (item === undefined) throw new Error('no look over IPv4');
  return {
    state: stateOf(the, item, control(the)),
    ipv4: reachability(the, 'ipv4'),
    ipv6: reachability(the, 'ipv6'),
  };
}

describe('what an answer over UDP, or none, says of an address', () => {
  test.each<[string, Look, Look | null, ReturnType<typeof judged>]>([
    ['the same server', {}, {}, { state: 'answers', ipv4: 'yes', ipv6: 'yes' }],
    [
      'a server of another zone is nobody known',
      { unique: 'soa 2' },
      {},
      { state: 'unrecognised', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'nothing tells who it is',
      { unique: null },
      { unique: null },
      { state: 'unrecognised', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'silence beside an answer over IPv6',
      { outcomes: SILENT },
      {},
      { state: 'dead', ipv4: 'no', ipv6: 'yes' },
    ],
    ['silence alone', { outcomes: SILENT }, null, { state: 'silent', ipv4: 'unknown', ipv6: 'unknown' }],
    [
      'silence on both',
      { outcomes: SILENT },
      { outcomes: SILENT },
      { state: 'silent', ipv4: 'unknown', ipv6: 'unknown' },
    ],
    [
      'a control that loses datagrams itself',
      { outcomes: SILENT },
      { outcomes: ['answered', 'answered', 'silent'] },
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'a control from another place',
      { outcomes: SILENT },
      { where: 'outside-2' },
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'a control of an hour before',
      { outcomes: SILENT },
      { at: '2026-11-23T20:00:00.000Z' },
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'a control in another protocol',
      { outcomes: SILENT },
      { protocol: 'stun' },
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'a control at another port',
      { outcomes: SILENT },
      { port: 5353 },
      { state: 'silent', ipv4: 'unknown', ipv6: 'unknown' },
    ],
    [
      'WireGuard is silent to strangers',
      { outcomes: SILENT, protocol: 'wireguard' },
      { protocol: 'wireguard' },
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'so is what nobody knows how to ask',
      { outcomes: SILENT, protocol: 'none' },
      { protocol: 'none' },
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'an ICMP unreachable needs no control',
      { outcomes: ['refused', 'silent', 'silent'] },
      null,
      { state: 'dead', ipv4: 'no', ipv6: 'unknown' },
    ],
    [
      'one try says nothing',
      { outcomes: ['refused'] },
      null,
      { state: 'flaky', ipv4: 'unknown', ipv6: 'unknown' },
    ],
    [
      'what is no answer is no silence',
      { outcomes: ['error', 'silent', 'silent'] },
      {},
      { state: 'silent', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'now and then',
      { outcomes: ['answered', 'silent', 'silent'] },
      {},
      { state: 'flaky', ipv4: 'unknown', ipv6: 'yes' },
    ],
    [
      'no way out of this machine',
      { outcomes: ['no-route', 'no-route', 'no-route'] },
      {},
      { state: 'not-tried', ipv4: 'unknown', ipv6: 'yes' },
    ],
  ])('%s', (_, four, six, expected) => {
    expect(judged(look(WAN4, four), ...(six === null ? [] : [look(STABLE6, six)]))).toEqual(expected);
  });

  test('the evidence stays as it was seen, and the same look is the same thing', () => {
    const evidence = [look(WAN4), look(STABLE6)];
    const before = JSON.stringify(evidence);
    expect(reachSeen(evidence)[0]).toBe(reachSeen(evidence)[0]);
    expect(JSON.stringify(evidence)).toBe(before);
    expect(seen(evidence, 'reach')).toEqual([]);
  });
});
