import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld, TEMPORARY_ADDRESS } from '../world.ts';

export const dnsTemporaryAaaa = defineWorld({
  name: 'dns-temporary-aaaa',
  about:
    "The AAAA holds the server's temporary address, which works today and is gone within a week; there is no A.",
  dns: { records: [{ type: 'AAAA', value: TEMPORARY_ADDRESS }] },
  server: { temporaryAddress: true },
  expect: {
    truth: ['dns'],
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: noAddress('C R U U R R R'),
    user: noAddress('C R U U U R R'),
    outside: OUTSIDE_NO_A,
  },
});
