import { PROTOCOL, type Refusal } from './protocol.ts';

/** Thrown where a caller gets a refusal instead of what it asked for: no bug, and nothing for the operator to repair. */
export class Refused extends Error {
  readonly status: number;
  readonly code: Refusal['error'];
  /** Milliseconds after which asking again may help; 0 where it doesn't. */
  readonly waitMs: number;

  constructor(status: number, code: Refusal['error'], sentence: string, waitMs = 0) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.waitMs = waitMs;
  }

  get body(): Refusal {
    return { protocol: PROTOCOL, error: this.code, sentence: this.message };
  }
}

export const unauthorised = (sentence: string): Refused => new Refused(401, 'unauthorised', sentence);

export const tooMany = (sentence: string, waitMs: number): Refused =>
  new Refused(429, 'too-many', sentence, waitMs);
