import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { PROTOCOL } from './protocol.ts';

/** One key a direction, so that nothing which the agent has signed can be sent back to it, or the other way round. */
export interface AgentKeys {
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
}

/** SHA-256's size, bytes: HMAC gains nothing from longer keys (RFC 2104 3). */
const KEY_BYTES = 32;

/** Derives the keys from the shared token (HKDF-SHA256, RFC 5869). */
export function deriveKeys(token: string): AgentKeys {
  const derive = (direction: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', token, '', `reach4 agent ${PROTOCOL} ${direction}`, KEY_BYTES));
  return { request: derive('request'), answer: derive('answer') };
}

export interface Signed {
  readonly path: string;
  /** The agent's nonce. */
  readonly challenge: string;
  /** The client's nonce. */
  readonly nonce: string;
  readonly body: Uint8Array | string;
}

/** The request's MAC, base64url. */
export const macOfRequest = (keys: AgentKeys, signed: Signed): string => mac(keys.request, 'POST', signed);

/** The MAC of the answer (status 200) to the request with these nonces, base64url. */
export const macOfAnswer = (keys: AgentKeys, signed: Signed): string => mac(keys.answer, '200', signed);

function mac(key: Uint8Array, kind: string, { path, challenge, nonce, body }: Signed): string {
  // None of the parts before the last can hold a newline: nonces are checked, the rest is constant.
  const parts = [kind, path, challenge, nonce, createHash('sha256').update(body).digest('hex')];
  return createHmac('sha256', key).update(parts.join('\n')).digest('base64url');
}

/** Whether the MACs are equal, in a time that doesn't tell how much of them is. */
export function sameMac(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
