import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardWrongHost = defineWorld({
  name: 'forward-wrong-host',
  about: 'A mapping made over UPnP leads to another host of the home.',
  router: { forwards: [{ port: 443, to: 'laptop', listed: true }] },
  expect: {
    truth: ['port-forward'],
    // Seen from outside, packets for 443 reach the router: its address is a hop on their way.
    rootAgent: dead('R R R C R R U'),
    userAgent: dead('R R R C U R U'),
    root: unseen('R R U C R R U'),
    user: unseen('R R U C U R U'),
    outside: OUTSIDE_DEAD,
  },
});
