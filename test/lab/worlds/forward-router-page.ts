import { dead, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardRouterPage = defineWorld({
  name: 'forward-router-page',
  about: 'The router forwards nothing and shows its own page on 443 to the internet.',
  router: { forwards: [], page: { wan: true } },
  expect: {
    truth: ['port-forward'],
    // Open is not enough: another service answers.
    rootAgent: dead('R R R C R R U'),
    userAgent: dead('R R R C U R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: dead('S U U S U U U'),
  },
});
