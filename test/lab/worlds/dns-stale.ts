import { addressOf, DEAD } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsStale = defineWorld({
  name: 'dns-stale',
  about:
    'The A holds an earlier address of the home, which nobody has now. At the present one the service answers.',
  dns: {
    records: [
      { type: 'A', value: DEAD.old4 },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
