import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatSharedWan = defineWorld({
  name: 'cgnat-shared-wan',
  about:
    'The provider shares its public addresses: the router has one from 100.64.0.0/10, and the A holds the shared one.',
  isp: { kind: 'cgnat' },
  expect: {
    truth: ['cgnat'],
    // What a shared address forwards, and what the router does, can't be seen behind it.
    rootAgent: dead('R C U U R R U'),
    userAgent: dead('R C U U U R U'),
    root: unseen('R C U U R R U'),
    user: unseen('R C U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
