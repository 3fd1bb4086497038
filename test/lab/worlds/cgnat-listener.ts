import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatListener = defineWorld({
  name: 'cgnat-listener',
  about: "Behind the provider's NAT, and the program takes IPv6 only.",
  isp: { kind: 'cgnat' },
  server: { services: [{ kind: 'https', port: 443, families: '6' }] },
  expect: {
    truth: ['cgnat', 'ipv6-only-listener'],
    rootAgent: dead('R C U U R C U'),
    userAgent: dead('R C U U U C U'),
    root: unseen('R C U U R C U'),
    user: unseen('R C U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
