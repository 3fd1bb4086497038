import { describe, expect, test } from 'vitest';
import { summed } from '../../../src/probes/arrivals/summary.ts';
import { parsePacket } from '../../../src/probes/arrivals/tcpdump.ts';

/** A real capture of tcpdump 4.99.3 on this machine: two datagrams without a listener, one to another port, and two answered. */
const CAPTURED = `1795848905.618265 v0    In  IP 192.0.2.1.51275 > 192.0.2.2.53: UDP, length 50
1795848905.618337 v0    Out IP 192.0.2.2 > 192.0.2.1: ICMP 192.0.2.2 udp port 53 unreachable, length 86
1795848905.646709 v0    In  IP6 2001:db8::1.49091 > 2001:db8::2.53: UDP, length 50
1795848905.646758 v0    Out IP6 2001:db8::2 > 2001:db8::1: ICMP6, destination unreachable, unreachable port, 2001:db8::2 udp port 53, length 106
1795848905.663733 v0    Out IP 192.0.2.2 > 192.0.2.1: ICMP 192.0.2.2 udp port 5353 unreachable, length 37
1795848906.187896 v0    In  IP 192.0.2.1.51664 > 192.0.2.2.53: UDP, length 1
1795848906.194124 v0    Out IP 192.0.2.2.53 > 192.0.2.1.51664: UDP, length 20
1795848907.193215 v0    In  IP6 2001:db8::1.44585 > 2001:db8::2.53: UDP, length 1
1795848907.193426 v0    Out IP6 2001:db8::2.53 > 2001:db8::1.44585: UDP, length 20`;

const OWN = [
  { interface: 'v0', address: '192.0.2.2', prefixLength: 24 },
  { interface: 'v0', address: '2001:db8::2', prefixLength: 64 },
];

const packets = (protocol: 'tcp' | 'udp') =>
  CAPTURED.split('\n').flatMap((line) => parsePacket(line, protocol) ?? []);

describe('what tcpdump prints of datagrams', () => {
  test('those that came are summed with the ports that they came from, and so is what was sent back', () => {
    const { arrivals, replies } = summed(packets('udp'), 53, OWN);
    expect(arrivals).toEqual([
      {
        family: 'ipv4',
        from: '192.0.2.1',
        to: '192.0.2.2',
        port: 53,
        sourcePorts: [51275, 51664],
        interface: 'v0',
        packets: 2,
      },
      {
        family: 'ipv6',
        from: '2001:db8::1',
        to: '2001:db8::2',
        port: 53,
        sourcePorts: [49091, 44585],
        interface: 'v0',
        packets: 2,
      },
    ]);
    expect(
      replies.map(({ family, kind, packets: count }) => `${family} ${kind} ${count}`).toSorted(),
    ).toEqual(['ipv4 datagram 1', 'ipv4 icmp 2', 'ipv6 datagram 1', 'ipv6 icmp 1']);
  });

  test('none of it is a connection', () => {
    expect(packets('tcp')).toEqual([]);
  });
});
