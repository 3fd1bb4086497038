import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatDoubleNatOuterSilent = defineWorld({
  name: 'cgnat-double-nat-outer-silent',
  about: "A second router stands in front of the home's, which answers no question, and forwards nothing.",
  isp: { doubleNat: { outerAnswers: false } },
  expect: {
    truth: ['cgnat'],
    // If the box in front forwarded to the router, and the provider dropped it before, it would look the same.
    rootAgent: dead('R S S S R R U'),
    userAgent: dead('R S S S S R U'),
    root: unseen('R S U U R R U'),
    user: unseen('R S U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
