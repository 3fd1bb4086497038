import { addressOf, DEAD } from '../addresses.ts';
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
    // `no` for whoever asks this resolver, as the agent does; at the address that the authorities give, it works.
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
