import { addressOf, DEAD } from '../addresses.ts';
import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsStaleFirewall = defineWorld({
  name: 'dns-stale-firewall',
  about: 'The A holds an earlier address, and the server drops IPv4.',
  dns: {
    records: [
      { type: 'A', value: DEAD.old4 },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  server: { firewall: [{ software: 'nft', ipv4: 'drop' }] },
  expect: {
    truth: ['dns', 'host-firewall'],
    rootAgent: dead('C R R R C R U'),
    userAgent: dead('C R R S S R U'),
    root: unseen('S R U U C R U'),
    user: unseen('S R U U U R U'),
    outside: OUTSIDE_DEAD,
  },
});
