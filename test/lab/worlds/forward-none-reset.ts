import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardNoneReset = defineWorld({
  name: 'forward-none-reset',
  about: 'The router forwards nothing and refuses connections itself.',
  router: { forwards: [], unforwarded: 'reset' },
  expect: {
    truth: ['port-forward'],
    // A provider's resets come from the line's address, too: the same evidence as in isp-80-443-reset.
    rootAgent: dead('R R S S R R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
