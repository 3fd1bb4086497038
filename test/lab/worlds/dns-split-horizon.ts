import { addressOf } from '../addresses.ts';
import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsSplitHorizon = defineWorld({
  name: 'dns-split-horizon',
  about:
    "In the home, the router's resolver gives the server's private address for the name, on purpose; outside, DNS is right.",
  dns: {
    recordsAtHome: [
      { type: 'A', value: addressOf('server', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
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
