import { createHmac, randomBytes } from 'node:crypto';
import { CHALLENGE_MS, USED_CHALLENGES } from './limits.ts';
import { sameMac } from './mac.ts';

export interface Challenges {
  /** A new challenge, good for one use within CHALLENGE_MS. */
  issue(): string;
  /** Uses up a challenge. Call it only once the proof has been checked: then strangers can't use up others' challenges. */
  redeem(challenge: string): 'good' | 'unknown' | 'expired' | 'used' | 'full';
}

/** Random part of a challenge, bytes: no two are ever equal. */
const RANDOM_BYTES = 16;

/**
 * Challenges that cost no memory until they are used: time and random bytes, signed with a key of this process. A table
 * of open challenges could be filled by anyone, which would lock out the owner; the table of used ones only by the owner.
 *
 * @param now milliseconds on a clock that never goes back
 */
export function challenges(now: () => number): Challenges {
  const key = randomBytes(32);
  const used = new Map<string, number>();
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    issue: () => {
      // Base 36 and "_": characters of base64url, as the protocol expects of a challenge.
      const text = `${Math.floor(now()).toString(36)}_${randomBytes(RANDOM_BYTES).toString('hex')}`;
      return `${text}_${sign(text)}`;
    },
    redeem: (challenge) => {
      const [, text = '', issued = '', signature = ''] =
        /^(([0-9a-z]{1,11})_[0-9a-f]{32})_([\w-]{43})$/u.exec(challenge) ?? [];
      if (text === '' || !sameMac(signature, sign(text))) return 'unknown';
      const time = now();
      for (const [old, expires] of used) if (expires < time) used.delete(old);
      const expires = Number.parseInt(issued, 36) + CHALLENGE_MS;
      if (expires < time) return 'expired';
      if (used.has(text)) return 'used';
      if (used.size >= USED_CHALLENGES) return 'full';
      used.set(text, expires);
      return 'good';
    },
  };
}
