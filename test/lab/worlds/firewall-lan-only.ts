import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallLanOnly = defineWorld({
  name: 'firewall-lan-only',
  about: "The server lets IPv4 in from the home's network only.",
  server: { firewall: [{ software: 'nft', ipv4: 'lan-only' }] },
  expect: {
    truth: ['host-firewall'],
    // Through the router's hairpin, the server's own packets come from the router: they are let in.
    rootAgent: dead('R R R R C R R'),
    userAgent: dead('R R R S S R R'),
    root: unseen('R R U U S R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
