import { dead, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const forwardRouterPageFirewallListener = defineWorld({
  name: 'forward-router-page-firewall-listener',
  about: 'The router shows its own page on 443, the server would drop IPv4, and the program takes IPv6 only.',
  router: { forwards: [], page: { wan: true } },
  server: {
    firewall: [{ software: 'nft', ipv4: 'drop' }],
    services: [{ kind: 'https', port: 443, families: '6' }],
  },
  expect: {
    truth: ['port-forward', 'host-firewall', 'ipv6-only-listener'],
    rootAgent: dead('R R R C C C U'),
    userAgent: dead('R R R C U C U'),
    root: unseen('R R U U C C U'),
    user: unseen('R R U U U C U'),
    outside: dead('S U U S U U U'),
  },
});
