import { addressOf, DEAD, HOME } from '../addresses.ts';
import { dead, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsOneOfTwoDead = defineWorld({
  name: 'dns-one-of-two-dead',
  about: 'The name has two A records: the present address, and an earlier one that nobody has now.',
  dns: {
    records: [
      { type: 'A', value: HOME.wan4 },
      { type: 'A', value: DEAD.old4 },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    truth: ['dns'],
    // `no`: a client that takes the dead one gets nothing, and which one it takes is chance.
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: dead('C R R R R R U'),
  },
});
