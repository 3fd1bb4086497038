import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallNftDrop = defineWorld({
  name: 'firewall-nft-drop',
  about: 'nftables on the server drops IPv4 for 443 and lets IPv6 in.',
  // Neighbours learn the server's IPv4 address from it.
  router: { forwards: [{ port: 443, listed: true }] },
  server: { firewall: [{ software: 'nft', ipv4: 'drop' }] },
  expect: {
    truth: ['host-firewall'],
    // As an ordinary user, the rules can't be read: a router that drops looks the same, except that packets are seen to reach it.
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
    lan: dead('R R R U S U U'),
  },
});
