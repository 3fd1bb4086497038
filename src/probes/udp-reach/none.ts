import { byNmap } from './by-hand.ts';
import type { Dialect } from './dialect.ts';

/** A protocol that isn't known: one byte, since some systems drop a datagram of none. Nobody has to answer it. */
export const none: Dialect = {
  protocol: 'none',
  question: () => ({
    payload: new Uint8Array(1),
    read: () => ({ kind: 'answer', says: '', unique: null }),
  }),
  how: byNmap,
};
