import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatMapEOutside = defineWorld({
  name: 'cgnat-map-e-outside',
  about:
    "The router shares its public address with other customers, each with a set of ports (MAP-E, RFC 7597), and 443 is in nobody's.",
  isp: { kind: 'map-e' },
  expect: {
    truth: ['cgnat'],
    // STUN's mapped ports all lie in one set. The router's own hairpin never leaves the home, and works.
    rootAgent: dead('R C U U R R R'),
    userAgent: dead('R C U U U R R'),
    root: unseen('R C U U R R R'),
    user: unseen('R C U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
