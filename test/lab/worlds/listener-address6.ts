import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerAddress6 = defineWorld({
  name: 'listener-address6',
  about: 'The program listens on one IPv6 address.',
  server: { services: [{ kind: 'https', port: 443, bind: 'global6' }] },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
