import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardWrongPort = defineWorld({
  name: 'forward-wrong-port',
  about: 'A mapping made over UPnP leads to a port of the server at which nothing listens.',
  router: { forwards: [{ port: 443, toPort: 8443, listed: true }] },
  expect: {
    truth: ['port-forward'],
    rootAgent: dead('R R R C R R U'),
    userAgent: dead('R R R C U R U'),
    root: unseen('R R U C R R U'),
    user: unseen('R R U C U R U'),
    outside: OUTSIDE_DEAD,
  },
});
