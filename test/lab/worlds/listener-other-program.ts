import { dead, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerOtherProgram = defineWorld({
  name: 'listener-other-program',
  about:
    'Another program has the port on IPv4, with a certificate of its own; the service listens on IPv6 only.',
  server: {
    services: [
      { kind: 'https', port: 443, families: '6' },
      { kind: 'https', port: 443, families: '4', other: true },
    ],
  },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R R U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    // From outside alone, nobody knows whose address it is at which another service answers.
    outside: dead('S U U S U U U'),
  },
});
