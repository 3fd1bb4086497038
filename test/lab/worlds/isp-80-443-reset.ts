import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const isp80443Reset = defineWorld({
  name: 'isp-80-443-reset',
  about: "The provider resets connections to 80 and 443, in the line's name.",
  isp: { inboundFilter: [{ ports: [80, 443], action: 'reset' }] },
  expect: {
    truth: ['isp-block'],
    // The reset comes from the line's own address: that it answers proves nothing.
    rootAgent: dead('R R S S R R R'),
    userAgent: dead('R R S S S R R'),
    root: unseen('R R U U R R R'),
    user: unseen('R R U U U R R'),
    outside: OUTSIDE_DEAD,
  },
});
