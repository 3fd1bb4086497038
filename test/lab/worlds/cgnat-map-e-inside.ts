import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatMapEInside = defineWorld({
  name: 'cgnat-map-e-inside',
  about: 'The same kind of line (MAP-E), and the service is at a port of the set.',
  isp: { kind: 'map-e' },
  // 0x2340: block 2 of the set with PSID 0x34.
  router: { forwards: [{ port: 9024 }] },
  server: { services: [{ kind: 'https', port: 9024 }] },
  expect: {
    truth: [],
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_WORKS,
  },
});
