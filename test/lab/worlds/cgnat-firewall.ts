import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatFirewall = defineWorld({
  name: 'cgnat-firewall',
  about: "Behind the provider's NAT, and the server would drop IPv4.",
  isp: { kind: 'cgnat' },
  server: { firewall: [{ software: 'nft', ipv4: 'drop' }] },
  expect: {
    truth: ['cgnat', 'host-firewall'],
    rootAgent: dead('R C U U C R U'),
    userAgent: dead('R C U U U R U'),
    root: unseen('R C U U C R U'),
    user: unseen('R C U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
