import { addressOf, DEAD } from '../addresses.ts';
import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsStale = defineWorld({
  name: 'dns-stale',
  about:
    'The A holds an earlier address of the home, which nobody has now. At the present one the service answers.',
  dns: {
    records: [
      { type: 'A', value: DEAD.old4 },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    truth: ['dns'],
    // Alone: the second address could be another line of the home, without hairpin.
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
