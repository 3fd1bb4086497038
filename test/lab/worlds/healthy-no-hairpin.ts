import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyNoHairpin = defineWorld({
  name: 'healthy-no-hairpin',
  about:
    'Everything works, but from inside the home its own public address answers nothing (no hairpin NAT).',
  router: { hairpin: 'off' },
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
