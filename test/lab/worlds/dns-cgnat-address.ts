import { addressOf, DEAD } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsCgnatAddress = defineWorld({
  name: 'dns-cgnat-address',
  about:
    'The A holds an address from the shared range behind carrier-grade NAT, though the home has a public one.',
  dns: {
    records: [
      { type: 'A', value: DEAD.cgnat },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
