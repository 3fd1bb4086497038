import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatWrongHost = defineWorld({
  name: 'cgnat-wrong-host',
  about: "Behind the provider's NAT, with a mapping to another host of the home.",
  isp: { kind: 'cgnat' },
  router: { forwards: [{ port: 443, to: 'laptop', listed: true }] },
  expect: {
    truth: ['cgnat', 'port-forward'],
    rootAgent: dead('R C U C R R U'),
    userAgent: dead('R C U C U R U'),
    root: unseen('R C U C R R U'),
    user: unseen('R C U C U R U'),
    outside: OUTSIDE_DEAD,
  },
});
