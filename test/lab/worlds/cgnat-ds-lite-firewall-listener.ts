import { addressOf } from '../addresses.ts';
import { dead, noAddress, OUTSIDE_NO_A } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const cgnatDsLiteFirewallListener = defineWorld({
  name: 'cgnat-ds-lite-firewall-listener',
  about: 'DS-Lite, a firewall that drops IPv4, and a program that takes IPv6 only.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  isp: { kind: 'ds-lite' },
  server: {
    firewall: [{ software: 'nft', ipv4: 'drop' }],
    services: [{ kind: 'https', port: 443, families: '6' }],
  },
  expect: {
    truth: ['cgnat', 'host-firewall', 'ipv6-only-listener'],
    rootAgent: dead('R C U U C C U'),
    userAgent: dead('R C U U U C U'),
    root: noAddress('R C U U C C U'),
    user: noAddress('R C U U U C U'),
    outside: OUTSIDE_NO_A,
  },
});
