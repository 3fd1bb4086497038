import { createSocket } from 'node:dgram';
import { AUTHORITATIVE_ANSWER, type DecodedPacket, decode, encode } from 'dns-packet';

/** Of the zone that the server has: the home's own. */
const SOA = {
  mname: 'home.example.org',
  rname: 'hostmaster.example.org',
  serial: 2026112801,
  refresh: 3600,
  retry: 600,
  expire: 604_800,
  minimum: 300,
};

/**
 * A server over UDP on one port. `dns`: authoritative for example.org, refuses everything else. `wireguard`: silent, as
 * WireGuard is to everybody whose key it doesn't know.
 */
export function openUdp(
  kind: 'dns' | 'wireguard',
  { port, host, ipv6Only }: { port: number; host: string; ipv6Only?: boolean | undefined },
): Promise<void> {
  const family = host.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type: family, ...(ipv6Only === undefined ? {} : { ipv6Only }) });
  socket.on('message', (bytes, peer) => {
    const reply = kind === 'dns' ? answerTo(bytes) : null;
    if (reply !== null) socket.send(reply, peer.port, peer.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => resolve());
  });
}

function answerTo(bytes: Buffer): Buffer | null {
  const query = queryIn(bytes);
  const [question] = query?.questions ?? [];
  if (query === null || question === undefined) return null;
  const isOwn = /(?:^|\.)example\.org$/iu.test(question.name);
  return encode({
    type: 'response',
    id: query.id ?? 0,
    // RCODE 5: refused (RFC 1035, 4.1.1).
    flags: isOwn ? AUTHORITATIVE_ANSWER : 5,
    questions: [question],
    authorities: isOwn ? [{ type: 'SOA', name: 'example.org', ttl: 300, data: SOA }] : [],
  });
}

/** Null for what is no DNS, as the packets of a trace aren't. */
function queryIn(bytes: Buffer): DecodedPacket | null {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}
