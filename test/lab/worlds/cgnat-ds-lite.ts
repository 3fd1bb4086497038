import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatDsLite = defineWorld({
  name: 'cgnat-ds-lite',
  about:
    'IPv4 goes through a softwire to the provider, who translates it (DS-Lite, RFC 6333); there is no A.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  isp: { kind: 'ds-lite' },
  expect: {
    truth: ['cgnat'],
    rootAgent: dead('R C U U R R U'),
    userAgent: dead('R C U U U R U'),
    root: noAddress('R C U U R R U'),
    user: noAddress('R C U U U R U'),
    outside: OUTSIDE_NO_A,
  },
});
