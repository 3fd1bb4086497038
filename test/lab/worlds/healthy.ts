import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthy = defineWorld({
  name: 'healthy',
  about:
    'Everything works: A and AAAA are right, the router forwards, and the home reaches its own public address.',
  expect: {
    truth: [],
    // Alone, nobody has seen whether the way in is open: the layers outside the home are unknown.
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_WORKS,
    lan: works('R R R R R R R'),
  },
});
