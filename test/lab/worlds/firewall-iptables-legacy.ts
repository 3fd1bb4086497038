import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallIptablesLegacy = defineWorld({
  name: 'firewall-iptables-legacy',
  about: 'The old iptables has a policy of DROP; ip6tables accepts.',
  server: { firewall: [{ software: 'iptables-legacy', ipv4: 'drop' }] },
  expect: {
    truth: ['host-firewall'],
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
