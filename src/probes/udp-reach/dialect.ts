import type { UdpProtocol } from '../../model/facts/udp.ts';

/** What a datagram that came back is. */
export type Reading =
  /** `unique` as in the evidence; `more` is what the server wants to hear before it says who it is. */
  | {
      readonly kind: 'answer';
      readonly says: string;
      readonly unique: string | null;
      readonly more?: Question;
    }
  /** No answer to this question: forged, stale, or of another protocol. */
  | { readonly kind: 'foreign' };

/** One datagram, and how its answer is known: each has an id of its own that comes back. */
export interface Question {
  readonly payload: Uint8Array;
  /** Never throws. */
  read(bytes: Uint8Array): Reading;
}

export interface Asked {
  /** The target's name; null for an address. */
  readonly name: string | null;
  readonly address: string;
  readonly port: number;
}

/** How one protocol is asked for a sign of life: the payload is fixed but for ids and, in DNS, the name. */
export interface Dialect {
  readonly protocol: UdpProtocol;
  /** A new question, with new ids. */
  question(asked: Asked): Question;
  /** The command by which a person can ask the same. */
  how(asked: Asked): string;
}

export const FOREIGN: Reading = { kind: 'foreign' };

/** Characters kept of what a server says of itself. */
export const TEXT_LENGTH = 200;

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const startsWith = (bytes: Uint8Array, expected: Uint8Array, at = 0): boolean =>
  bytes.length >= at + expected.length && expected.every((byte, index) => bytes[at + index] === byte);
