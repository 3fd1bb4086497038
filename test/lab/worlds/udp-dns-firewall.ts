import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const udpDnsFirewall = defineWorld({
  name: 'udp-dns-firewall',
  about: 'nftables on the server drops IPv4 for UDP 53 and lets IPv6 in.',
  // Neighbours learn the server's IPv4 address from it.
  router: { forwards: [{ port: 53, protocol: 'udp', listed: true }] },
  server: { services: [{ kind: 'dns', port: 53 }], firewall: [{ software: 'nft', ipv4: 'drop' }] },
  expect: {
    truth: ['host-firewall'],
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
    lan: dead('R R R U S U U'),
  },
});
