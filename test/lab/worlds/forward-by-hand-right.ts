import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardByHandRight = defineWorld({
  name: 'forward-by-hand-right',
  about: "The forward was set by hand and is right; UPnP is on and lists only another host's mapping.",
  router: {
    forwards: [{ port: 443 }, { port: 51413, to: 'laptop', listed: true }],
    hairpin: 'off',
  },
  expect: {
    truth: ['hairpin'],
    // None listed is no evidence.
    rootAgent: works('R R R R R R C'),
    userAgent: works('R R R R R R C'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_WORKS,
  },
});
