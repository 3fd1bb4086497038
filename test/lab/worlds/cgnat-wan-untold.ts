import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatWanUntold = defineWorld({
  name: 'cgnat-wan-untold',
  about:
    'The provider shares its public addresses; the router answers over UPnP and NAT-PMP, and says that it has no address.',
  isp: { kind: 'cgnat' },
  router: { upnp: { tellsPrivateWan: false } },
  expect: {
    truth: ['cgnat'],
    rootAgent: dead('U S S S R R U'),
    userAgent: dead('U S S S S R U'),
    root: unseen('U S U U R R U'),
    user: unseen('U S U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
