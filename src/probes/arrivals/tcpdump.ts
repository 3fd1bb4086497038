import { type Family, familyOf, parseAddress } from '../../model/address.ts';
import { readPort } from '../../model/port.ts';

/** One packet as tcpdump prints it in a line. */
export interface Packet {
  readonly family: Family;
  /** Before tcpdump 4.99 neither is told. */
  readonly interface: string | null;
  readonly direction: 'in' | 'out' | null;
  readonly kind: 'syn' | 'syn-ack' | 'rst' | 'icmp' | 'datagram';
  readonly from: string;
  /** Null for ICMP. */
  readonly fromPort: number | null;
  readonly to: string;
  readonly toPort: number | null;
}

/**
 * The first packets of connections, what refuses them, and nothing else. libpcap's `tcp[…]` means IPv4 only: for IPv6,
 * byte 6 is the next header, and byte 53 the flags of a TCP header that follows at once.
 */
const FILTER = [
  '(tcp[tcpflags] & (tcp-syn|tcp-rst) != 0)',
  '(ip6[6] == 6 and (ip6[53] & 0x06) != 0)',
  '(icmp[icmptype] == icmp-unreach)',
  '(icmp6 and ip6[40] == 1)',
].join(' or ');

/** Bytes of each packet: link, IPv6 and TCP headers, or an ICMP error with the header that it is about. */
const SNAPLEN = '160';

/**
 * Connection requests to any port, or datagrams to and from one port; and what refuses them.
 * @param name the interface; `any` on Linux.
 */
export const tcpdumpArgs = (
  name: string,
  { port, protocol }: { readonly port: number; readonly protocol: 'tcp' | 'udp' },
): readonly string[] => [
  ...['-i', name, '-n', '-tt', '-l', '--immediate-mode', '-s', SNAPLEN],
  // With -q, no line is about what the datagrams hold.
  ...(protocol === 'tcp'
    ? [FILTER]
    : ['-q', `(udp port ${port}) or (icmp[icmptype] == icmp-unreach) or (icmp6 and ip6[40] == 1)`]),
];

/** `1700000000.123456 eth0  In  IP 192.0.2.1.5555 > 192.0.2.2.443: Flags [S], seq …`; interface and way since 4.99. */
const LINE = /^\d+\.\d+ (?:(\S+)\s+(In|Out|P|B|M)\s+)?IP6? (\S+) > (\S+): (.*)$/u;

/** Null for other lines, and for packets of another transport. */
export function parsePacket(line: string, protocol: 'tcp' | 'udp' = 'tcp'): Packet | null {
  const [, name, way, source, target, rest] = LINE.exec(line) ?? [];
  if (source === undefined || target === undefined || rest === undefined) return null;
  const kind = protocol === 'tcp' ? kindOf(rest) : kindOfUdp(rest);
  const from = endOf(source, kind === 'icmp');
  const to = endOf(target, kind === 'icmp');
  if (kind === null || from === null || to === null) return null;
  // What goes past this machine, to others on its network, isn't an arrival.
  if (way !== undefined && way !== 'In' && way !== 'Out') return null;
  return {
    family: familyOf(from.address),
    interface: name ?? null,
    direction: way === undefined ? null : way === 'In' ? 'in' : 'out',
    kind,
    from: from.address,
    fromPort: from.port,
    to: to.address,
    toPort: to.port,
  };
}

function kindOf(rest: string): Packet['kind'] | null {
  const flags = /^Flags \[([A-Z.]+)\]/u.exec(rest)?.[1];
  if (flags !== undefined) {
    if (flags.includes('R')) return 'rst';
    if (!flags.includes('S')) return null;
    return flags.includes('.') ? 'syn-ack' : 'syn';
  }
  // An answer to UDP is about something else.
  if (/\budp\b/u.test(rest)) return null;
  return /^ICMP6?[ ,].*unreachable/u.test(rest) ? 'icmp' : null;
}

function kindOfUdp(rest: string): Packet['kind'] | null {
  if (/^UDP[ ,]/u.test(rest)) return 'datagram';
  // An answer to TCP is about something else.
  if (/\btcp\b/u.test(rest)) return null;
  return /^ICMP6?[ ,].*unreachable/u.test(rest) ? 'icmp' : null;
}

/** tcpdump writes the port behind a dot, and none for ICMP. */
function endOf(text: string, isIcmp: boolean): { address: string; port: number | null } | null {
  if (isIcmp) {
    const address = parseAddress(text);
    return address === null ? null : { address, port: null };
  }
  const dot = text.lastIndexOf('.');
  const address = parseAddress(text.slice(0, Math.max(0, dot)));
  const port = readPort(text.slice(dot + 1));
  return address === null || port === null ? null : { address, port };
}

/** Packets that the kernel had no room for. */
export const droppedPackets = (stderr: string): number =>
  Number(/^(\d{1,15}) packets? dropped by kernel/mu.exec(stderr)?.[1] ?? 0);
