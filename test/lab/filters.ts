import { HOME, INTERNET_HOSTS, LAN_HOSTS, NAME_SERVERS } from './addresses.ts';
import type { World } from './world.ts';

/** What the home router translates, forwards and drops, as nftables rules. */
export function routerFilter({ router }: World): string {
  const forwards = router.forwards.map(
    ({ protocol, port, toPort }) =>
      `ip daddr ${HOME.wan4} ${protocol} dport ${port} dnat ip to ${LAN_HOSTS.server[4][0]}:${toPort ?? port}`,
  );
  const from = router.hairpin === 'on' ? '' : 'iifname "wan" ';
  const reject = {
    drop: '',
    reset: 'meta nfproto ipv4 meta l4proto tcp reject with tcp reset',
    icmp: 'meta nfproto ipv4 reject with icmp type port-unreachable',
  }[router.unforwarded];
  return `
table inet router {
  chain before {
    type nat hook prerouting priority dstnat;
    ${forwards.map((rule) => from + rule).join('\n    ')}
  }
  chain after {
    type nat hook postrouting priority srcnat;
    oifname "wan" ip saddr ${HOME.lan4} masquerade
    ip saddr ${HOME.lan4} ip daddr ${HOME.lan4} ct status dnat masquerade
  }
  chain through {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "lan" accept
    ct status dnat accept
    iifname "wan" oifname "lan" meta nfproto ipv6 accept
  }
  chain to-router {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
    meta l4proto { icmp, ipv6-icmp } accept
    ${router.hairpin === 'router-page' ? '' : `iifname "lan" ip daddr ${HOME.wan4} drop`}
    iifname "lan" accept
    ${reject}
  }
}`;
}

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
