import { seen, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const ipv6BrokenToo = defineWorld({
  name: 'ipv6-broken-too',
  about: 'The router blocks IPv6, and forwards nothing.',
  router: { forwards: [], ipv6Firewall: 'blocks' },
  expect: {
    truth: ['port-forward'],
    rootAgent: seen({ verdicts: 'R R S S R R U', ipv4: 'no', ipv6: 'no', conditions: ['ipv6-broken'] }),
    userAgent: seen({ verdicts: 'R R S S S R U', ipv4: 'no', ipv6: 'no', conditions: ['ipv6-broken'] }),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: seen({ verdicts: 'U U U U U U U', ipv4: 'no', ipv6: 'no', conditions: ['ipv6-broken'] }),
  },
});
