import { addressOf } from '../addresses.ts';
import { dead, unseen } from '../expect.ts';
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
    truth: ['dns'],
    // From outside alone, a router's own page would look the same as another customer's.
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: dead('S U U S U U U'),
  },
});
