import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyMasqueradingRouter = defineWorld({
  name: 'healthy-masquerading-router',
  about:
    "The router puts its own address into what it forwards, and the server's firewall lets in neighbours only: all works.",
  router: { masquerades: true },
  server: { firewall: [{ software: 'nft', ipv4: 'lan-only' }] },
  expect: {
    truth: [],
    // Alone, the rule for neighbours would keep the internet out behind most routers, and doesn't behind this one.
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R R U U S R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_WORKS,
  },
});
