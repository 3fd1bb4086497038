import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const isp443Listener = defineWorld({
  name: 'isp-443-listener',
  about: 'The provider drops what comes in for 443, and the program takes IPv6 only.',
  isp: { inboundFilter: [{ ports: [443], action: 'drop' }] },
  server: { services: [{ kind: 'https', port: 443, families: '6' }] },
  expect: {
    truth: ['isp-block', 'ipv6-only-listener'],
    // With the witness: nothing arrives, so that an outer layer fails as well. Without it, the listener explains all.
    rootAgent: dead('R R S S R C U'),
    userAgent: dead('R R U U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
