import { addressOf } from '../addresses.ts';
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
    alone: { dns: 'ruled-out', ipv4: 'unknown', ipv6: 'unknown', exit: 3 },
    withAgent: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
  },
});
