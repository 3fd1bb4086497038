import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const noIpv4DefaultRoute = defineWorld({
  name: 'no-ipv4-default-route',
  about: 'The server has no IPv4 route to the internet, so that its replies have no way out.',
  server: { ipv4DefaultRoute: false },
  expect: {
    truth: [],
    rootAgent: dead('R R R R R R U', ['replies-elsewhere']),
    userAgent: dead('R U R U U R U', ['replies-elsewhere']),
    root: unseen('R U U U R R U', ['replies-elsewhere']),
    user: unseen('R U U U U R U', ['replies-elsewhere']),
    outside: OUTSIDE_DEAD,
  },
});
