import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardNoneFirewall = defineWorld({
  name: 'forward-none-firewall',
  about: 'The router forwards nothing, and the server would drop IPv4.',
  router: { forwards: [] },
  server: { firewall: [{ software: 'nft', ipv4: 'drop' }] },
  expect: {
    truth: ['port-forward', 'host-firewall'],
    // That nothing arrives shows that the server's firewall isn't all.
    rootAgent: dead('R R S S C R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
