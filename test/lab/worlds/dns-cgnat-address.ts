import { addressOf, DEAD } from '../addresses.ts';
import { dead, noAddress } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsCgnatAddress = defineWorld({
  name: 'dns-cgnat-address',
  about:
    'The A holds an address from the shared range behind carrier-grade NAT, though the home has a public one.',
  dns: {
    records: [
      { type: 'A', value: DEAD.cgnat },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    truth: ['dns'],
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: noAddress('C R U U R R R'),
    user: noAddress('C R U U U R R'),
    outside: dead('C U U U U U U'),
  },
});
