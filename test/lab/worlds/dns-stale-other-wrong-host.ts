import { addressOf } from '../addresses.ts';
import { dead, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const dnsStaleOtherWrongHost = defineWorld({
  name: 'dns-stale-other-wrong-host',
  about: "The A holds an address that is another customer's now, and the mapping leads to another host.",
  dns: {
    records: [
      { type: 'A', value: addressOf('other', 4) },
      { type: 'AAAA', value: addressOf('server', 6) },
    ],
  },
  router: { forwards: [{ port: 443, to: 'laptop', listed: true }] },
  internet: { hosts: ['other'] },
  expect: {
    truth: ['dns', 'port-forward'],
    rootAgent: dead('C R R C R R U'),
    userAgent: dead('C R R C U R U'),
    root: unseen('S R U C R R U'),
    user: unseen('S R U C U R U'),
    outside: dead('S U U S U U U'),
  },
});
