import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const listenerDockerIpv6Only = defineWorld({
  name: 'listener-docker-ipv6-only',
  about: 'The program runs in a container whose port is published on [::] only.',
  server: { docker: { publishes: 'ipv6-only' } },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: OUTSIDE_DEAD,
  },
});
