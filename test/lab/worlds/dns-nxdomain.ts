import { seen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsNxdomain = defineWorld({
  name: 'dns-nxdomain',
  about: 'The name does not exist at all; the service answers at its addresses over both families.',
  dns: { records: [{ name: 'www.example.org', type: 'TXT', value: 'not the name that is asked for' }] },
  expect: {
    truth: ['dns'],
    rootAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no' }),
    userAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no' }),
    root: seen({ verdicts: 'C R U U R R R', ipv4: 'no', ipv6: 'no' }),
    user: seen({ verdicts: 'C R U U U R R', ipv4: 'no', ipv6: 'no' }),
    outside: seen({ verdicts: 'C U U U U U U', ipv4: 'no', ipv6: 'no' }),
  },
});
