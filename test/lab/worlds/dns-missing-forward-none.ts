import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsMissingForwardNone = defineWorld({
  name: 'dns-missing-forward-none',
  about: 'There is no A, and the router forwards nothing.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  router: { forwards: [] },
  expect: {
    truth: ['dns', 'port-forward'],
    // The router's public address is what the A should hold, whatever lies behind it.
    rootAgent: dead('C R S S R R U'),
    userAgent: dead('C R S S S R U'),
    root: noAddress('C R U U R R U'),
    user: noAddress('C R U U U R U'),
    outside: OUTSIDE_NO_A,
  },
});
