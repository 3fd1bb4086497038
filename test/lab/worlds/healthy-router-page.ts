import { defineWorld } from '../world.ts';

export const healthyRouterPage = defineWorld({
  name: 'healthy-router-page',
  about:
    "Everything works, but from inside the home its own public address shows the router's web page, on the same port.",
  router: { hairpin: 'router-page' },
  expect: {
    alone: { dns: 'ruled-out', ipv4: 'unknown', ipv6: 'unknown', exit: 3 },
    withAgent: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
  },
});
