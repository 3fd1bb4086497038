import { DEAD } from '../addresses.ts';
import { noAddress, seen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsWrongAaaaNoA = defineWorld({
  name: 'dns-wrong-aaaa-no-a',
  about: 'The AAAA holds the server under an earlier prefix, which nobody has now, and there is no A.',
  dns: { records: [{ type: 'AAAA', value: DEAD.old6 }] },
  expect: {
    truth: ['dns'],
    rootAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no', conditions: ['ipv6-broken'] }),
    userAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no', conditions: ['ipv6-broken'] }),
    root: noAddress('C R U U R R R', ['ipv6-broken?']),
    user: noAddress('C R U U U R R', ['ipv6-broken?']),
    outside: seen({ verdicts: 'S U U U U U U', ipv4: 'no', ipv6: 'no', conditions: ['ipv6-broken'] }),
  },
});
