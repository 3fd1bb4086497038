import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerBindv6only = defineWorld({
  name: 'listener-bindv6only',
  about: 'The program listens on ::, and net.ipv6.bindv6only makes that IPv6 alone.',
  server: { bindv6only: true },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
