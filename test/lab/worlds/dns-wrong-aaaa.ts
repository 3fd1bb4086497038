import { DEAD, HOME } from '../addresses.ts';
import { seen, unseen } from '../expect.ts';
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
    truth: ['dns'],
    // The verdict is about the AAAA; the exit code is about IPv4.
    rootAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'yes', ipv6: 'no', conditions: ['ipv6-broken'] }),
    userAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'yes', ipv6: 'no', conditions: ['ipv6-broken'] }),
    root: unseen('S R U U R R R', ['ipv6-broken?']),
    user: unseen('S R U U U R R', ['ipv6-broken?']),
    outside: seen({ verdicts: 'U U U U U U U', ipv4: 'unknown', ipv6: 'no', conditions: ['ipv6-broken'] }),
  },
});
