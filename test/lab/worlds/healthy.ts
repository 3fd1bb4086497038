import { defineWorld } from '../world.ts';

export const healthy = defineWorld({
  name: 'healthy',
  about:
    'Everything works: A and AAAA are right, the router forwards, and the home reaches its own public address.',
  expect: {
    alone: { dns: 'ruled-out', ipv4: 'unknown', ipv6: 'unknown', exit: 3 },
    withAgent: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
  },
});
