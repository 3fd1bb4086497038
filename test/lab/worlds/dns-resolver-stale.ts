import { addressOf, DEAD } from '../addresses.ts';
import { dead, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsResolverStale = defineWorld({
  name: 'dns-resolver-stale',
  about:
    'The A was corrected a moment ago; the resolver still has the earlier one in its cache, for most of an hour.',
  dns: {
    recordsCached: [
      { type: 'A', value: DEAD.old4, ttl: 3600 },
      { type: 'AAAA', value: addressOf('server', 6), ttl: 3600 },
    ],
  },
  expect: {
    truth: ['dns'],
    // `no` for whoever asks this resolver, as the agent does; at the address that the authorities give, it works.
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: unseen('S R U U R R R'),
    user: unseen('S R U U U R R'),
    outside: works('S R R R R R U', []),
  },
});
