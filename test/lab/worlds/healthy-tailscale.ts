import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyTailscale = defineWorld({
  name: 'healthy-tailscale',
  about:
    'Everything works. The server also has an address of an overlay network, from the range that carriers use behind their NAT.',
  server: { tailscaleAddress: true },
  expect: {
    truth: [],
    // Such an address on the machine's own interface says nothing about the line.
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_WORKS,
  },
});
