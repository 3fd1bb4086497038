import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardNoneTailscale = defineWorld({
  name: 'forward-none-tailscale',
  about:
    "The router forwards nothing; the server has an address of an overlay network from the range of carriers' NAT.",
  router: { forwards: [] },
  server: { tailscaleAddress: true },
  expect: {
    truth: ['port-forward'],
    rootAgent: dead('R R S S R R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
