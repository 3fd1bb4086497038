import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatDoubleNatOuterSilent = defineWorld({
  name: 'cgnat-double-nat-outer-silent',
  about: "A second router stands in front of the home's, which answers no question, and forwards nothing.",
  isp: { doubleNat: { outerAnswers: false } },
  expect: {
    truth: ['cgnat'],
    // Alone: if the box in front forwarded to the router, as in healthy-double-nat, it would look the same.
    rootAgent: dead('R C U U R R U'),
    userAgent: dead('R C U U U R U'),
    root: unseen('R S U U R R U'),
    user: unseen('R S U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
