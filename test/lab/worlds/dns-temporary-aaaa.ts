import { defineWorld, TEMPORARY_ADDRESS } from '../world.ts';

export const dnsTemporaryAaaa = defineWorld({
  name: 'dns-temporary-aaaa',
  about:
    "The AAAA holds the server's temporary address, which works today and is gone within a week; there is no A.",
  dns: { records: [{ type: 'AAAA', value: TEMPORARY_ADDRESS }] },
  server: { temporaryAddress: true },
  expect: {
    alone: { dns: 'confirmed', ipv4: 'no', ipv6: 'unknown', exit: 1 },
    withAgent: { dns: 'confirmed', ipv4: 'no', ipv6: 'yes', exit: 1 },
  },
});
