import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const repliesThroughVpn = defineWorld({
  name: 'replies-through-vpn',
  about: "A VPN is the server's IPv4 default route: replies leave through it, and services see its exit.",
  server: { vpn: 'default-route' },
  expect: {
    truth: [],
    rootAgent: dead('R R R R R R U', ['replies-elsewhere']),
    userAgent: dead('R U R U U R U', ['replies-elsewhere']),
    root: unseen('R U U U R R U', ['replies-elsewhere']),
    user: unseen('R U U U U R U', ['replies-elsewhere']),
    outside: OUTSIDE_DEAD,
  },
});
