import { seen, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsTimeout = defineWorld({
  name: 'dns-timeout',
  about: 'The authoritative servers never answer, so that no name in the zone resolves.',
  dns: { authority: 'silent' },
  expect: {
    truth: ['dns'],
    // From one place alone, silent servers can't be told from a path to them that is broken there.
    rootAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no' }),
    userAgent: seen({ verdicts: 'C R R R R R R', ipv4: 'no', ipv6: 'no' }),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: unseen('S U U U U U U'),
  },
});
