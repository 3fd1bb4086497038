import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatNoA = defineWorld({
  name: 'cgnat-no-a',
  about: 'The router has an address from 100.64.0.0/10, and nobody has written a useless A.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  isp: { kind: 'cgnat' },
  expect: {
    truth: ['cgnat'],
    // There is no address that an A could name.
    rootAgent: dead('R C U U R R U'),
    userAgent: dead('R C U U U R U'),
    root: noAddress('R C U U R R U'),
    user: noAddress('R C U U U R U'),
    outside: OUTSIDE_NO_A,
  },
});
