import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { performance } from 'node:perf_hooks';
import { familyOf } from '../../../model/address.ts';
import { type Limits, withinLimits } from '../limits.ts';
import { type Message, type Query, readReply } from './message.ts';

/** What came back: a message, or why there is none. */
export type Exchange =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'timed-out' | 'unreachable' | 'malformed' };

/** ms; a datagram may be lost, so there is one more: halfway, but no later than the slowest round trip. */
const REPEAT_AFTER = 2_000;

interface Server {
  readonly address: string;
  readonly port: number;
}

/** Asks over UDP and, where the answer is truncated, over TCP, within one time-out. */
export async function exchange(server: Server, query: Query, limits: Limits): Promise<Exchange> {
  const started = performance.now();
  const first = await overUdp(server, query, limits);
  if (first.kind !== 'message' || !first.message.truncated) return first;
  const timeoutMs = Math.max(1, limits.timeoutMs - (performance.now() - started));
  return overTcp(server, query, { ...limits, timeoutMs });
}

/**
 * The socket is connected: the kernel drops datagrams from other addresses and ports, and reports ICMP errors.
 * It is new for each question: the kernel chooses its port at random, which with the random id keeps forgers out.
 */
function overUdp(server: Server, query: Query, limits: Limits): Promise<Exchange> {
  let garbage = false;
  return withinLimits<Exchange>(
    limits,
    () => ({ kind: garbage ? 'malformed' : 'timed-out' }),
    (end) => {
      const socket = createSocket(familyOf(server.address) === 'ipv4' ? 'udp4' : 'udp6');
      let closed = false;
      const unreachable = () => end({ kind: 'unreachable' });
      const send = () => {
        if (!closed) socket.send(query.bytes, (error) => error !== null && unreachable());
      };
      const again = setTimeout(send, Math.min(limits.timeoutMs / 2, REPEAT_AFTER));
      socket.on('error', unreachable);
      socket.on('message', (bytes) => {
        const reply = readReply(bytes, query);
        if (reply.kind === 'message') end(reply);
        // Whoever sends garbage knew the port, not the id: the server's own answer may still come.
        else if (bytes.length < 2 || bytes.readUInt16BE(0) !== query.id)
          garbage ||= reply.kind === 'malformed';
        else if (reply.kind === 'malformed') end(reply);
      });
      // Node hands what connect(2) refuses to the callback, where there is one.
      socket.connect(server.port, server.address, (error?: Error) => (error ? unreachable() : send()));
      return () => {
        closed = true;
        clearTimeout(again);
        socket.close();
      };
    },
  );
}

/** One message with its length before it (RFC 1035 4.2.2): at most 64 KiB; what follows isn't read. */
function overTcp(server: Server, query: Query, limits: Limits): Promise<Exchange> {
  return withinLimits<Exchange>(
    limits,
    () => ({ kind: 'timed-out' }),
    (end) => {
      const socket = createConnection({ host: server.address, port: server.port, autoSelectFamily: false });
      const parts: Buffer[] = [];
      let size = 0;
      socket.once('connect', () => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(query.bytes.length);
        socket.write(Buffer.concat([length, query.bytes]));
      });
      socket.on('data', (part) => {
        parts.push(part);
        size += part.length;
        if (size < 2) return;
        // Joined only when complete: a peer that drips bytes would make it quadratic.
        const length = lengthOf(parts);
        if (size < 2 + length) return;
        const reply = readReply(Buffer.concat(parts).subarray(2, 2 + length), query);
        // Over TCP nothing needs to be cut off: what says so all the same lacks records, and isn't to pass for an empty answer.
        const isWhole = reply.kind === 'message' && !reply.message.truncated;
        end(isWhole ? reply : { kind: 'malformed' });
      });
      socket.on('error', () => end({ kind: 'unreachable' }));
      socket.on('close', () => end({ kind: size === 0 ? 'unreachable' : 'malformed' }));
      return () => socket.destroy();
    },
  );
}

/** The first two bytes of what has come, which may be in different parts. */
function lengthOf(parts: readonly Buffer[]): number {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = parts;
  return Buffer.concat([first.subarray(0, 2), second.subarray(0, 2)]).readUInt16BE(0);
}
