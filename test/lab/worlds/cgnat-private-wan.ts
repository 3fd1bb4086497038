import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatPrivateWan = defineWorld({
  name: 'cgnat-private-wan',
  about: 'The provider gives its customers addresses from 10.0.0.0/8 and translates them.',
  isp: { kind: 'private' },
  expect: {
    truth: ['cgnat'],
    // Alone: a box in front that forwards to the router, as in healthy-double-nat, would look the same.
    rootAgent: dead('R C U U R R U'),
    userAgent: dead('R C U U U R U'),
    root: unseen('R S U U R R U'),
    user: unseen('R S U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
