import { addressOf } from '../addresses.ts';
import { OUTSIDE_WORKS, unseen, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsSplitHorizonNoHairpin = defineWorld({
  name: 'dns-split-horizon-no-hairpin',
  about:
    "The router doesn't lead its public address back in, and nobody needs it: its resolver gives the server's private address.",
  dns: {
    recordsAtHome: [
      { type: 'A', value: addressOf('server', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  router: { hairpin: 'off' },
  expect: {
    truth: [],
    // Whether its neighbours ask the same resolver, and get the service there, the server can't see: the laptop can.
    rootAgent: works('R R R R R R S'),
    userAgent: works('R R R R R R S'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: OUTSIDE_WORKS,
    lan: works('R R R R R R R'),
  },
});
