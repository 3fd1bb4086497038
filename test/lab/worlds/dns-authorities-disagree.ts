import { addressOf, DEAD } from '../addresses.ts';
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
    // `no`: whom it answers depends on which server a visitor's resolver happened to ask.
    // Alone: the second address could be a second line's, without hairpin.
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
