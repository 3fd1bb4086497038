import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const isp443DroppedOtherPort = defineWorld({
  name: 'isp-443-dropped-other-port',
  about:
    'The provider drops what comes in for 443; 8443 leads to the same service, and the router lists both.',
  isp: { inboundFilter: [{ ports: [443], action: 'drop' }] },
  router: {
    forwards: [
      { port: 443, listed: true },
      { port: 8443, toPort: 443, listed: true },
    ],
  },
  expect: {
    truth: ['isp-block'],
    // 8443 answers, and packets for it reach the router; those for 443 stop before it. As in forward-router-firewall-early.
    rootAgent: dead('R R S S R R R'),
    userAgent: dead('R R S S R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
