import type { HttpServerRequest } from '../ports/node/http-server.ts';
import { challenges } from './challenges.ts';
import { sourceOf } from './dial-policy.ts';
import { CHALLENGE_MS, SOURCES, UNPROVEN_PER_MINUTE } from './limits.ts';
import { deriveKeys, macOfAnswer, macOfRequest, sameMac } from './mac.ts';
import { HEADER, LOOK_PATH, NONCE_TEXT } from './protocol.ts';
import { rateLimit } from './rates.ts';
import { Refused, tooMany, unauthorised } from './refused.ts';

const MINUTE_MS = 60_000;

/** A request of someone who holds the token. */
interface Proven {
  readonly challenge: string;
  /** The caller's own. */
  readonly nonce: string;
  readonly body: Uint8Array;
}

/** Tells those who hold the token from those who don't. */
export interface Gate {
  /** @throws Refused where the source asks too often. */
  challenge(caller: string): string;
  /** Nothing of a request's body is read before this has returned. @throws Refused */
  prove(request: HttpServerRequest): Proven;
  /** The proof for the caller that the answer is this agent's, to this request. */
  sign(request: Proven, answer: string): string;
}

/** @param now milliseconds on a clock that never goes back */
export function gate(token: string, now: () => number): Gate {
  const keys = deriveKeys(token);
  const issued = challenges(now);
  const unproven = rateLimit({ limit: UNPROVEN_PER_MINUTE, windowMs: MINUTE_MS, keys: SOURCES }, now);

  const count = (caller: string): void => {
    const source = sourceOf(caller);
    if (source === null) return;
    const waitMs = unproven.wait(source);
    if (waitMs > 0) throw tooMany('Too many requests without a proof from this address.', waitMs);
    unproven.take(source);
  };

  return {
    challenge: (caller) => {
      count(caller);
      return issued.issue();
    },
    prove: ({ body, header, remoteAddress }) => {
      if (body === null) {
        count(remoteAddress);
        throw new Refused(413, 'too-large', 'The request is too large.');
      }
      const challenge = header(HEADER.challenge) ?? '';
      const nonce = header(HEADER.nonce) ?? '';
      const wellFormed = NONCE_TEXT.test(challenge) && NONCE_TEXT.test(nonce);
      const expected = macOfRequest(keys, { path: LOOK_PATH, challenge, nonce, body });
      if (!sameMac(header(HEADER.mac) ?? '', expected) || !wellFormed) {
        count(remoteAddress);
        throw unauthorised("The proof doesn't fit: the caller's token isn't the agent's.");
      }
      // Only now: a stranger must not be able to use up someone else's challenge.
      switch (issued.redeem(challenge)) {
        case 'good':
          return { challenge, nonce, body };
        case 'unknown':
          throw unauthorised("The challenge isn't one of this agent's, or the agent was restarted since.");
        case 'expired':
          throw unauthorised(`The challenge is older than ${CHALLENGE_MS / 1000} seconds.`);
        case 'used':
          throw unauthorised('The challenge was used before.');
        case 'full':
          throw tooMany('Too many challenges were used just now.', CHALLENGE_MS);
      }
    },
    sign: ({ challenge, nonce }, body) => macOfAnswer(keys, { path: LOOK_PATH, challenge, nonce, body }),
  };
}
