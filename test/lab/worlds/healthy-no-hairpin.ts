import { defineWorld } from '../world.ts';

export const healthyNoHairpin = defineWorld({
  name: 'healthy-no-hairpin',
  about:
    'Everything works, but from inside the home its own public address answers nothing (no hairpin NAT).',
  router: { hairpin: 'off' },
  expect: {
    // A is the address that a service sees: a VPN's exit would look the same, as long as nothing answers there.
    alone: { dns: 'unknown', ipv4: 'unknown', ipv6: 'unknown', exit: 3 },
    withAgent: { dns: 'ruled-out', ipv4: 'yes', ipv6: 'yes', exit: 0 },
  },
});
