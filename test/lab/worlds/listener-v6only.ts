import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerV6only = defineWorld({
  name: 'listener-v6only',
  about: 'The program listens on :: with IPV6_V6ONLY.',
  // Neighbours learn the server's IPv4 address from it.
  router: { forwards: [{ port: 443, listed: true }] },
  server: { services: [{ kind: 'https', port: 443, families: '6' }] },
  expect: {
    truth: ['ipv6-only-listener'],
    // What the server itself shows explains why IPv4 is dead; without the witness, the router may hide behind it.
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
    lan: dead('R R R U U S U'),
  },
});
