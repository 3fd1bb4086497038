import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const ispAllDroppedDoubleNat = defineWorld({
  name: 'isp-all-dropped-double-nat',
  about:
    'Two routers in a row forward rightly; the provider drops everything that comes in unasked over IPv4.',
  isp: {
    doubleNat: { outerAnswers: false, forwards: [443] },
    inboundFilter: [{ ports: 'all', action: 'drop' }],
  },
  expect: {
    truth: ['isp-block'],
    // As in cgnat-double-nat-outer-silent; only that the address leads back in shows that both routers forward.
    rootAgent: dead('R S S S R R R'),
    userAgent: dead('R S S S S R R'),
    root: unseen('R S U U R R R'),
    user: unseen('R S U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
