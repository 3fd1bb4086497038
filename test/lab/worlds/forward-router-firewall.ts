import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardRouterFirewall = defineWorld({
  name: 'forward-router-firewall',
  about: "The mapping is right, and the router's own firewall drops what comes in for it.",
  router: { forwards: [{ port: 443, listed: true }], firewall: { ports: [443] } },
  expect: {
    truth: ['port-forward'],
    rootAgent: dead('R R R C R R R'),
    userAgent: dead('R R R S S R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
