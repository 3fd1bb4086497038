import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const healthyDoubleNat = defineWorld({
  name: 'healthy-double-nat',
  about: 'Two routers, one behind the other, both of which forward: everything works.',
  isp: { doubleNat: { outerAnswers: false, forwards: [443] } },
  expect: {
    truth: [],
    // A private address at the router is no proof of anything while nobody has looked from outside.
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: unseen('R S U U R R R'),
    user: unseen('R S U U U R R'),
    outside: OUTSIDE_WORKS,
  },
});
