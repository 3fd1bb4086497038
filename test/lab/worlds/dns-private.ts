import { addressOf } from '../addresses.ts';
import { dead, noAddress } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsPrivate = defineWorld({
  name: 'dns-private',
  about: "The A holds the server's address in the home's own network: it works in the home and nowhere else.",
  dns: {
    records: [
      { type: 'A', value: addressOf('server', 4) },
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
