import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatDoubleNatShared = defineWorld({
  name: 'cgnat-double-nat-shared',
  about:
    "A second router stands in front of the home's and says that its own address is one of the provider's shared ones.",
  isp: { kind: 'cgnat', doubleNat: { outerAnswers: true } },
  expect: {
    truth: ['cgnat'],
    // The address in front settles it, whatever the box passes on.
    rootAgent: dead('R C U U R R U'),
    userAgent: dead('R C U U U R U'),
    root: unseen('R C U U R R U'),
    user: unseen('R C U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
