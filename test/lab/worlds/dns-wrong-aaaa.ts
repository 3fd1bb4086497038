import { DEAD, HOME } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsWrongAaaa = defineWorld({
  name: 'dns-wrong-aaaa',
  about: 'The AAAA holds the server under an earlier prefix, which nobody has now; the A is right and works.',
  dns: {
    records: [
      { type: 'A', value: HOME.wan4 },
      { type: 'AAAA', value: DEAD.old6 },
    ],
  },
  expect: {
    // The verdict is about the AAAA; the exit code is about IPv4.
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'yes', ipv6: 'no', exit: 0 },
  },
});
