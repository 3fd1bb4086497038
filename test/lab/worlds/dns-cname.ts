import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsCname = defineWorld({
  name: 'dns-cname',
  about: 'The name is an alias of a name in another zone, and that one has an AAAA and no A.',
  dns: {
    records: [
      { type: 'CNAME', value: 'home-r4.example.com.' },
      { name: 'home-r4.example.com', type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  expect: {
    truth: ['dns'],
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: noAddress('C R U U R R R'),
    user: noAddress('C R U U U R R'),
    outside: OUTSIDE_NO_A,
  },
});
