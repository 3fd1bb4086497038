import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardWrongPortFirewall = defineWorld({
  name: 'forward-wrong-port-firewall',
  about: 'The mapping leads to a port at which nothing listens, and the server lets in only its neighbours.',
  router: { forwards: [{ port: 443, toPort: 8443, listed: true }] },
  server: { firewall: [{ software: 'nft', ipv4: 'lan-only' }] },
  expect: {
    truth: ['port-forward', 'host-firewall'],
    rootAgent: dead('R R R C C R U'),
    userAgent: dead('R R R C U R U'),
    root: unseen('R R U C S R U'),
    user: unseen('R R U C U R U'),
    outside: OUTSIDE_DEAD,
  },
});
