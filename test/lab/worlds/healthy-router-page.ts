import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyRouterPage = defineWorld({
  name: 'healthy-router-page',
  about:
    "Everything works, but from inside the home its own public address shows the router's web page, on the same port.",
  router: { hairpin: 'router-page' },
  expect: {
    truth: ['hairpin'],
    // Healthy for the internet; alone, a dead line and a missing hairpin look the same from inside.
    rootAgent: works('R R R R R R C'),
    userAgent: works('R R R R R R C'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_WORKS,
    lan: works('R R R R R R C'),
  },
});
