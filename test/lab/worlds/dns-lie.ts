import { addressOf } from '../addresses.ts';
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
    // With the agent: not why IPv4 fails from the internet, because it doesn't; the lie is worth telling all the same.
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
  },
});
