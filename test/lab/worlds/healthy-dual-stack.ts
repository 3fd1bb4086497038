import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyDualStack = defineWorld({
  name: 'healthy-dual-stack',
  about: 'Everything works; the program has one socket for each family.',
  server: {
    services: [
      { kind: 'https', port: 443, families: '4' },
      { kind: 'https', port: 443, families: '6' },
    ],
  },
  expect: {
    truth: [],
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_WORKS,
  },
});
