import { addressOf } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsCname = defineWorld({
  name: 'dns-cname',
  about: 'The name is an alias of a name in another zone, and that one has an AAAA and no A.',
  dns: {
    records: [
      { type: 'CNAME', value: 'home-r4.example.com.' },
      { name: 'home-r4.example.com', type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
