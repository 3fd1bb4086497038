import { addressOf } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsPrivate = defineWorld({
  name: 'dns-private',
  about: "The A holds the server's address in the home's own network: it works in the home and nowhere else.",
  dns: {
    records: [
      { type: 'A', value: addressOf('server', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
