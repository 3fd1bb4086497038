import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const firewallDocker = defineWorld({
  name: 'firewall-docker',
  about: 'The program runs in a container with a published port, and a rule of DOCKER-USER drops IPv4.',
  server: { docker: { user: 'drop' } },
  expect: {
    truth: ['host-firewall'],
    rootAgent: dead('R R R R C R U'),
    userAgent: dead('R R R S S R U'),
    root: unseen('R R U U C R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
