import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallIptablesBoth = defineWorld({
  name: 'firewall-iptables-both',
  about: 'iptables of both kinds have rules: the new accepts 443, the old drops it.',
  server: {
    firewall: [
      { software: 'iptables-nft', ipv4: 'accept' },
      { software: 'iptables-legacy', ipv4: 'drop' },
    ],
  },
  expect: {
    truth: ['host-firewall'],
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
