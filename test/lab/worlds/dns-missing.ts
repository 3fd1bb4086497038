import { addressOf } from '../addresses.ts';
import { defineWorld } from '../world.ts';

export const dnsMissing = defineWorld({
  name: 'dns-missing',
  about:
    'The name has an AAAA and no A. The port is forwarded: IPv4 works at the public address, only nobody is told.',
  dns: { records: [{ type: 'AAAA', value: addressOf('server', 6) }] },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
