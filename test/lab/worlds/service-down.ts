import { seen, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const serviceDown = defineWorld({
  name: 'service-down',
  about: 'Nothing listens on the server.',
  server: { services: [] },
  expect: {
    truth: [],
    // None of the causes: IPv6 fails alike. From outside, a firewall that rejects both looks the same.
    rootAgent: seen({ verdicts: 'R R R R R R U', ipv4: 'no', ipv6: 'no', conditions: ['service-down'] }),
    userAgent: seen({ verdicts: 'R R R U U R U', ipv4: 'no', ipv6: 'no', conditions: ['service-down'] }),
    root: unseen('R R U U R R U', ['service-down']),
    user: unseen('R R U U U R U', ['service-down']),
    outside: seen({
      verdicts: 'U U U U U U U',
      ipv4: 'no',
      ipv6: 'no',
      conditions: ['ipv6-broken', 'service-down?'],
    }),
  },
});
