import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardNone = defineWorld({
  name: 'forward-none',
  about: 'The router forwards nothing.',
  router: { forwards: [] },
  expect: {
    truth: ['port-forward'],
    // A provider that drops what comes in for 443 gives the same evidence. That UPnP lists nothing is no evidence.
    rootAgent: dead('R R S S R R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
