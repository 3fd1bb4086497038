import { addressOf } from '../addresses.ts';
import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsLie = defineWorld({
  name: 'dns-lie',
  about:
    'The resolver that the home uses gives an address that no authoritative server gives; outside, DNS is right.',
  dns: {
    recordsAtHome: [
      { type: 'A', value: addressOf('other', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  internet: { hosts: ['other'] },
  expect: {
    truth: [],
    // Not why IPv4 fails from the internet, because it doesn't; the lie is worth telling all the same.
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: OUTSIDE_WORKS,
  },
});
