import { addressOf, DEAD } from '../addresses.ts';
import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsStaleIsp443NoHairpin = defineWorld({
  name: 'dns-stale-isp-443-no-hairpin',
  about:
    'The A holds an earlier address, the provider drops 443, and the router has no hairpin; 8443 leads to the same service.',
  dns: {
    records: [
      { type: 'A', value: DEAD.old4 },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  isp: { inboundFilter: [{ ports: [443], action: 'drop' }] },
  router: {
    forwards: [
      { port: 443, listed: true },
      { port: 8443, toPort: 443, listed: true },
    ],
    hairpin: 'off',
  },
  expect: {
    truth: ['dns', 'isp-block', 'hairpin'],
    rootAgent: dead('C R S S R R U'),
    userAgent: dead('C R S S R R U'),
    root: unseen('S R U U R R U'),
    user: unseen('S R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
