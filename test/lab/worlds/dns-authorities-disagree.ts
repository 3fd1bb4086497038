import { addressOf, DEAD } from '../addresses.ts';
import { dead, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsAuthoritiesDisagree = defineWorld({
  name: 'dns-authorities-disagree',
  about: 'Of the two authoritative servers, ns1 gives the present address and ns2 still an earlier one.',
  dns: {
    recordsOfNs2: [
      { type: 'A', value: DEAD.old4 },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    truth: ['dns'],
    // `no`: whom it answers depends on which server a visitor's resolver happened to ask.
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: dead('C R R R R R U'),
  },
});
