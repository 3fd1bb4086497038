import { INTERNET_HOSTS, NAME_SERVERS } from './addresses.ts';
import type { World } from './world.ts';

/** Name servers that are up but never answer, where the world has them; queries of the host itself still pass. */
export function nameServerFilter({ dns }: World): string {
  if (dns.authority !== 'silent') return '';
  const addresses = (family: 4 | 6) =>
    [NAME_SERVERS.ns1, NAME_SERVERS.ns2].map((index) => INTERNET_HOSTS.dns[family][index]).join(', ');
  return `
table inet names {
  chain to-names {
    type filter hook input priority filter;
    iifname "lo" accept
    ip daddr { ${addresses(4)} } drop
    ip6 daddr { ${addresses(6)} } drop
  }
}`;
}
