import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const udpDnsHealthy = defineWorld({
  name: 'udp-dns-healthy',
  about: 'A DNS server answers over UDP on both families.',
  router: { forwards: [{ port: 53, protocol: 'udp' }] },
  server: { services: [{ kind: 'dns', port: 53 }] },
  expect: {
    truth: [],
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_WORKS,
    lan: works('R R R R R R R'),
  },
});
