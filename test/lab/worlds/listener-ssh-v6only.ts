import { seen, unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

/** The lab's SSH server greets and says no more: it is there, and nobody can tell whether it is the same one. */
const dead = (verdicts: string) => seen({ verdicts, ipv4: 'no', ipv6: 'unknown' });

export const listenerSshV6only = defineWorld({
  name: 'listener-ssh-v6only',
  about: 'The service is SSH, on port 22, and takes IPv6 connections only.',
  router: { forwards: [{ port: 22 }] },
  server: { services: [{ kind: 'ssh', port: 22, families: '6' }] },
  expect: {
    truth: ['ipv6-only-listener'],
    rootAgent: dead('R R R R R C U'),
    userAgent: dead('R R R U U C U'),
    root: unseen('R R U U R C U'),
    user: unseen('R R U U U C U'),
    outside: dead('U U U U U U U'),
  },
});
