import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallListener = defineWorld({
  name: 'firewall-listener',
  about: 'The server drops IPv4, and the program takes IPv6 only.',
  server: {
    firewall: [{ software: 'nft', ipv4: 'drop' }],
    services: [{ kind: 'https', port: 443, families: '6' }],
  },
  expect: {
    truth: ['host-firewall', 'ipv6-only-listener'],
    rootAgent: dead('R R R R C C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U C C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
