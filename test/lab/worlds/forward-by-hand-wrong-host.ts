import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardByHandWrongHost = defineWorld({
  name: 'forward-by-hand-wrong-host',
  about: "A forward set by hand, which the router doesn't list, leads to another host of the home.",
  router: { forwards: [{ port: 443, to: 'laptop' }] },
  expect: {
    truth: ['port-forward'],
    // Packets for 443 reach the router and never the server: whatever the reason, it is the router's. Without the witness, the server's firewall could be it.
    rootAgent: dead('R R R C R R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
