import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallDocker = defineWorld({
  name: 'firewall-docker',
  about: 'The program runs in a container with a published port, and a rule of DOCKER-USER drops IPv4.',
  server: { docker: { user: 'drop' } },
  expect: {
    truth: ['host-firewall'],
    // The rule lets in the home's own network; by the router's hairpin, packets come from there.
    rootAgent: dead('R R R R C R R'),
    userAgent: dead('R R R S S R R'),
    root: unseen('R R U U S R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
