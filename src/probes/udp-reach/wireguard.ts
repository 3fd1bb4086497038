import { randomBytes } from 'node:crypto';
import { byNmap } from './by-hand.ts';
import { type Dialect, FOREIGN, viewOf } from './dialect.ts';

/** Message types and their bytes (WireGuard white paper, 5.4.2 to 5.4.7). */
const INITIATION = { type: 1, bytes: 148 };
const RESPONSE = { type: 2, bytes: 92, receiverAt: 8 };
const COOKIE = { type: 3, bytes: 64, receiverAt: 4 };

/**
 * WireGuard: a handshake for a key that nobody has. The server drops it without a word (5.1, "silence is a virtue"), so
 * that only an ICMP unreachable tells anything.
 */
export const wireguard: Dialect = {
  protocol: 'wireguard',
  question() {
    const payload = new Uint8Array(randomBytes(INITIATION.bytes));
    payload.set([INITIATION.type, 0, 0, 0]);
    const sender = viewOf(payload).getUint32(4);
    return {
      payload,
      read: (bytes) => {
        const fits = [RESPONSE, COOKIE].some(
          ({ type, bytes: length, receiverAt }) =>
            bytes.length === length && bytes[0] === type && viewOf(bytes).getUint32(receiverAt) === sender,
        );
        return fits ? { kind: 'answer', says: 'WireGuard', unique: null } : FOREIGN;
      },
    };
  },
  how: byNmap,
};
