import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsMissing = defineWorld({
  name: 'dns-missing',
  about:
    'The name has an AAAA and no A. The port is forwarded: IPv4 works at the public address, only nobody is told.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  expect: {
    truth: ['dns'],
    // The router's own public address is known: something to write into the record that isn't there.
    rootAgent: dead('C R R R R R R'),
    userAgent: dead('C R R R R R R'),
    root: noAddress('C R U U R R R'),
    user: noAddress('C R U U U R R'),
    outside: OUTSIDE_NO_A,
  },
});
