import { addressOf } from '../addresses.ts';
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
    // The edge is on the internet, seen from the home too: no hairpin is in the way, so that `alone` suffices.
    alone: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
    withAgent: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
  },
});
