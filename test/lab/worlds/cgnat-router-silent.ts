import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatRouterSilent = defineWorld({
  name: 'cgnat-router-silent',
  about: 'The provider shares its public addresses, and the router speaks neither UPnP nor NAT-PMP nor PCP.',
  isp: { kind: 'cgnat' },
  router: { upnp: { igd: false, natPmp: false, pcp: false } },
  expect: {
    truth: ['cgnat'],
    // Nobody says what the router has, and behind it nothing answers: dead from outside is all that is known.
    rootAgent: dead('U S S S R R U'),
    userAgent: dead('U S S S S R U'),
    root: unseen('U U U U R R U'),
    user: unseen('U U U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
