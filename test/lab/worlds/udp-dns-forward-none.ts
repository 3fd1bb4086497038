import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const udpDnsForwardNone = defineWorld({
  name: 'udp-dns-forward-none',
  about: 'A DNS server over UDP, and the router forwards nothing.',
  router: { forwards: [] },
  server: { services: [{ kind: 'dns', port: 53 }] },
  expect: {
    truth: ['port-forward'],
    // A provider that drops what comes in for 53 gives the same evidence.
    rootAgent: dead('R R S S R R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
