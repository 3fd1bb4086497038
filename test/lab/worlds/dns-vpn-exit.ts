import { addressOf } from '../addresses.ts';
import { dead, OUTSIDE_DEAD, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsVpnExit = defineWorld({
  name: 'dns-vpn-exit',
  about: "The VPN's exit, as services see it, was written into the A.",
  dns: {
    records: [
      { type: 'A', value: addressOf('vpn', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  server: { vpn: 'default-route' },
  expect: {
    truth: ['dns'],
    rootAgent: dead('C R R R R R U', ['replies-elsewhere']),
    userAgent: dead('C U R U U R U', ['replies-elsewhere']),
    root: unseen('S U U U R R U', ['replies-elsewhere']),
    user: unseen('S U U U U R U', ['replies-elsewhere']),
    outside: OUTSIDE_DEAD,
  },
});
