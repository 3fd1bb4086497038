import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyUpnpMapping = defineWorld({
  name: 'healthy-upnp-mapping',
  about: 'Everything works, by a mapping that the server made over UPnP and the router lists.',
  router: { forwards: [{ port: 443, listed: true }], hairpin: 'off' },
  expect: {
    truth: ['hairpin'],
    rootAgent: works('R R R R R R C'),
    userAgent: works('R R R R R R C'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_WORKS,
  },
});
