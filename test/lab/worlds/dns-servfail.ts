import { seen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsServfail = defineWorld({
  name: 'dns-servfail',
  about:
    'The zone is delegated to servers that refuse to answer for it (lame), so that no name in it resolves.',
  dns: { authority: 'refusing' },
  expect: {
    truth: ['dns'],
    rootAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no' }),
    userAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no' }),
    root: seen({ verdicts: 'C R U U R R R', ipv4: 'no', ipv6: 'no' }),
    user: seen({ verdicts: 'C R U U U R R', ipv4: 'no', ipv6: 'no' }),
    outside: seen({ verdicts: 'C U U U U U U', ipv4: 'no', ipv6: 'no' }),
  },
});
