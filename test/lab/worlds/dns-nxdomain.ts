import { defineWorld } from '../world.ts';

export const dnsNxdomain = defineWorld({
  name: 'dns-nxdomain',
  about: 'The name does not exist at all; the service answers at its addresses over both families.',
  dns: { records: [{ name: 'www.example.org', type: 'TXT', value: 'not the name that is asked for' }] },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'no', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'no', exit: 1 },
  },
});
