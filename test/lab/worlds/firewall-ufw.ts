import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallUfw = defineWorld({
  name: 'firewall-ufw',
  about: 'ufw lets 443 in over IPv6 only.',
  server: { firewall: [{ software: 'ufw', ipv4: 'drop' }] },
  expect: {
    truth: ['host-firewall'],
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
