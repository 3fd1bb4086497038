import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerV6onlyMasqueradingRouter = defineWorld({
  name: 'listener-v6only-masquerading-router',
  about: 'The program listens on IPv6 only; what the router forwards comes with its own address.',
  router: { masquerades: true },
  server: { services: [{ kind: 'https', port: 443, families: '6' }] },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
