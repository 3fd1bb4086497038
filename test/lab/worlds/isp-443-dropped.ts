import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const isp443Dropped = defineWorld({
  name: 'isp-443-dropped',
  about: 'The provider drops what comes in for 443.',
  isp: { inboundFilter: [{ ports: [443], action: 'drop' }] },
  expect: {
    truth: ['isp-block'],
    // The hairpin shows that the forward is right; the router's firewall for the internet could still be it.
    rootAgent: dead('R R S S R R R'),
    userAgent: dead('R R S S S R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
