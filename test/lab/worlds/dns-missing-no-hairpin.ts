import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsMissingNoHairpin = defineWorld({
  name: 'dns-missing-no-hairpin',
  about: 'There is no A, and the router has no hairpin; from outside, the public address works.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  router: { hairpin: 'off' },
  expect: {
    truth: ['dns', 'hairpin'],
    rootAgent: dead('C R R R R R C'),
    userAgent: dead('C R R R R R C'),
    root: noAddress('C R U U R R U'),
    user: noAddress('C R U U U R U'),
    outside: OUTSIDE_NO_A,
  },
});
