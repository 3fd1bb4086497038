import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallNftReject = defineWorld({
  name: 'firewall-nft-reject',
  about: 'nftables on the server rejects IPv4 for 443.',
  server: { firewall: [{ software: 'nft', ipv4: 'reject' }] },
  expect: {
    truth: ['host-firewall'],
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
