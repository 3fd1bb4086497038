import { defineWorld } from '../world.ts';

export const dnsServfail = defineWorld({
  name: 'dns-servfail',
  about:
    'The zone is delegated to servers that refuse to answer for it (lame), so that no name in it resolves.',
  dns: { authority: 'refusing' },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'no', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'no', exit: 1 },
  },
});
