import { addressOf } from '../addresses.ts';
import { OUTSIDE_WORKS, works } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsProxy = defineWorld({
  name: 'dns-proxy',
  about:
    "A and AAAA are Cloudflare's: its edge answers under its own key on both families and reaches the server over IPv6.",
  dns: {
    records: [
      { type: 'A', value: addressOf('proxy', 4) },
      { type: 'AAAA', value: addressOf('proxy', 6) },
    ],
  },
  router: { forwards: [] },
  internet: { hosts: ['proxy'] },
  expect: {
    truth: [],
    // The edge is on the internet, seen from the home too: no hairpin is in the way, so that looking from home suffices.
    rootAgent: works('R R R R R R R'),
    userAgent: works('R R R R R R R'),
    root: works('R R R R R R R'),
    user: works('R R R R R R R'),
    outside: OUTSIDE_WORKS,
  },
});
