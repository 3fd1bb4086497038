import { defineWorld } from '../world.ts';

export const dnsTimeout = defineWorld({
  name: 'dns-timeout',
  about: 'The authoritative servers never answer, so that no name in the zone resolves.',
  dns: { authority: 'silent' },
  expect: {
    // From one place alone, silent servers can't be told from a path to them that is broken there.
    alone: { dns: 'suspected', ipv4: 'unknown', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'no', exit: 1 },
  },
});
