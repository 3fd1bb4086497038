import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const ispAllDropped = defineWorld({
  name: 'isp-all-dropped',
  about: 'The provider drops everything that comes in unasked over IPv4.',
  isp: { inboundFilter: [{ ports: 'all', action: 'drop' }] },
  expect: {
    truth: ['isp-block'],
    rootAgent: dead('R R S S R R R'),
    userAgent: dead('R R S S S R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
