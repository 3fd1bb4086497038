import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket as TcpSocket } from 'node:net';
import { type Answer, type DecodedPacket, decode, encode, type Packet } from 'dns-packet';

type DnsQuery = DecodedPacket & { readonly bytes: Buffer };

interface Behaviour {
  /** Handles one datagram: send whatever it likes, or nothing. */
  readonly udp?: (query: DnsQuery, socket: Socket, from: RemoteInfo) => void;
  /** Handles one query over TCP. */
  readonly tcp?: (query: DnsQuery, socket: TcpSocket) => void;
}

/** Bits of a header's flags word. */
export const AA = 0x0400;
export const TC = 0x0200;
export const RA = 0x0080;

/** A name server on loopback that behaves as it is told, on one port for UDP and TCP; 0 takes any free one. */
export async function startDnsServer(behaviour: Behaviour, address = '127.0.0.1', port = 0) {
  const tcp = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      const query = bytes.subarray(2);
      behaviour.tcp?.({ ...decode(query), bytes: query }, socket);
    });
    connections.add(socket);
  });
  const connections = new Set<TcpSocket>();
  await once(tcp.listen(port, address), 'listening');
  const bound = tcp.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (bytes, from) => behaviour.udp?.({ ...decode(bytes), bytes }, udp, from));
  udp.bind(bound.port, address);
  await once(udp, 'listening');
  return {
    port: bound.port,
    close: () => {
      for (const socket of connections) socket.destroy();
      tcp.close();
      udp.close();
    },
  };
}

/** A reply to the query with the sections given; `flags` holds AA, TC, RA and the RCODE. */
export function replyTo(query: DnsQuery, flags: number, sections: Partial<Packet> = {}): Buffer {
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: query.questions ?? [],
    ...sections,
  });
}

/** Replies over UDP with the same flags and sections to everything. */
export const always =
  (flags: number, sections: Partial<Packet> = {}) =>
  (query: DnsQuery, socket: Socket, from: RemoteInfo) =>
    socket.send(replyTo(query, flags, sections), from.port, from.address);

export function streamed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

export const a = (name: string, data: string, ttl = 300): Answer => ({ type: 'A', name, data, ttl });
export const aaaa = (name: string, data: string, ttl = 300): Answer => ({ type: 'AAAA', name, data, ttl });
export const cname = (name: string, data: string, ttl = 300): Answer => ({ type: 'CNAME', name, data, ttl });
export const ns = (name: string, data: string, ttl = 300): Answer => ({ type: 'NS', name, data, ttl });
/** Also with tags that the library's types don't know. */
export const caa = (name: string, tag: string, value: string, flags = 0) =>
  ({ type: 'CAA', name, data: { flags, tag, value } }) as Answer;
export const soa = (name: string, minimum: number, ttl = 3600): Answer => ({
  type: 'SOA',
  name,
  ttl,
  data: {
    mname: `ns1.${name}`,
    rname: `hostmaster.${name}`,
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum,
  },
});
