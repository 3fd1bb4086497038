import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsMissingForwardNoneListener = defineWorld({
  name: 'dns-missing-forward-none-listener',
  about: 'There is no A, the router forwards nothing, and the program takes IPv6 only.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  router: { forwards: [] },
  server: { services: [{ kind: 'https', port: 443, families: '6' }] },
  expect: {
    truth: ['dns', 'port-forward', 'ipv6-only-listener'],
    rootAgent: dead('C R S S R C U'),
    userAgent: dead('C R U U U C U'),
    root: noAddress('C R U U R C U'),
    user: noAddress('C R U U U C U'),
    outside: OUTSIDE_NO_A,
  },
});
