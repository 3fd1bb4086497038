import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardUpnpOff = defineWorld({
  name: 'forward-upnp-off',
  about:
    'The router forwards nothing and speaks neither UPnP nor NAT-PMP nor PCP; it has the public address.',
  router: { forwards: [], upnp: { igd: false, natPmp: false, pcp: false } },
  expect: {
    truth: ['port-forward'],
    // That the address is the router's own shows at the first hop on the way to it.
    rootAgent: dead('R R S S R R U'),
    userAgent: dead('R R S S S R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
