import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerLoopback4 = defineWorld({
  name: 'listener-loopback4',
  about: 'The program listens on :: for IPv6 alone, and on 127.0.0.1.',
  server: {
    services: [
      { kind: 'https', port: 443, families: '6' },
      { kind: 'https', port: 443, bind: 'loopback4' },
    ],
  },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
