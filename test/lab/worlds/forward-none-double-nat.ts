import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardNoneDoubleNat = defineWorld({
  name: 'forward-none-double-nat',
  about: 'Two routers, one behind the other: the outer one forwards, the inner one does not.',
  isp: { doubleNat: { outerAnswers: false, forwards: [443] } },
  router: { forwards: [] },
  expect: {
    truth: ['port-forward'],
    // Packets for 443 reach the box with the public address, which passes them on: to whom, doesn't show.
    rootAgent: dead('R S R S R R U'),
    userAgent: dead('R S R S S R U'),
    root: unseen('R S U U R R U'),
    user: unseen('R S U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
