import { addressOf, DEAD, HOME } from '../addresses.ts';
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
    // `no`: a client that takes the dead one gets nothing, and which one it takes is chance.
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
