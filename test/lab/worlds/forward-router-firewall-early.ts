import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardRouterFirewallEarly = defineWorld({
  name: 'forward-router-firewall-early',
  about:
    "The router's firewall drops 443 before anything else, and passes 8443 on to the same service: to a trace it looks like the provider.",
  router: {
    forwards: [
      { port: 443, listed: true },
      { port: 8443, toPort: 443, listed: true },
    ],
    firewall: { ports: [443], where: 'early' },
  },
  expect: {
    truth: ['port-forward'],
    rootAgent: dead('R R S S R R R'),
    userAgent: dead('R R S S R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
