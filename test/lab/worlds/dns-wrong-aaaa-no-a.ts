import { DEAD } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsWrongAaaaNoA = defineWorld({
  name: 'dns-wrong-aaaa-no-a',
  about: 'The AAAA holds the server under an earlier prefix, which nobody has now, and there is no A.',
  dns: { records: [{ type: 'AAAA', value: DEAD.old6 }] },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'no', exit: 1 },
  },
});
