import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatPrivateWan = defineWorld({
  name: 'cgnat-private-wan',
  about: 'The provider gives its customers addresses from 10.0.0.0/8 and translates them.',
  isp: { kind: 'private' },
  expect: {
    truth: ['cgnat'],
    // A box in front that passes everything on, behind a provider that drops it, would look the same: somebody has to look.
    rootAgent: dead('R S S S R R U'),
    userAgent: dead('R S S S S R U'),
    root: unseen('R S U U R R U'),
    user: unseen('R S U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
