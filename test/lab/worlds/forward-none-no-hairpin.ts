import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardNoneNoHairpin = defineWorld({
  name: 'forward-none-no-hairpin',
  about: 'The router forwards nothing and has no hairpin either.',
  router: { forwards: [], hairpin: 'off' },
  expect: {
    truth: ['port-forward', 'hairpin'],
    // Hairpin shows only once the service works from outside. A neighbour doesn't know the server's IPv4 address.
    rootAgent: dead('R R S S R R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
    lan: dead('R R U U U U U'),
  },
});
