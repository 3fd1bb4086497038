import { addressOf } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsStaleOther = defineWorld({
  name: 'dns-stale-other',
  about:
    'The A holds an earlier address of the home, which now belongs to another customer, whose web server answers.',
  dns: {
    records: [
      { type: 'A', value: addressOf('other', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  internet: { hosts: ['other'] },
  expect: {
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
