import { HOME } from '../../addresses.ts';
import type { ServerFirewall } from '../../schema/server.ts';

/** A ruleset as a person writes it into /etc/nftables.conf: everything in one table for both families. */
export function nftRules(
  { ipv4, ipv6 }: ServerFirewall,
  ports: readonly number[],
  transport: 'tcp' | 'udp',
): string {
  const named = `${transport} dport { ${ports.join(', ')} }`;
  const rule = (family: 'ipv4' | 'ipv6', policy: ServerFirewall['ipv4']) => {
    const lan = family === 'ipv4' ? `ip saddr ${HOME.lan4}` : `ip6 saddr { fe80::/10, ${HOME.lan6} }`;
    return {
      accept: `meta nfproto ${family} ${named} accept`,
      drop: '',
      reject: `meta nfproto ${family} ${named} reject with icmpx admin-prohibited`,
      'lan-only': `${lan} ${named} accept`,
    }[policy];
  };
  return `
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iifname "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    ${rule('ipv4', ipv4)}
    ${rule('ipv6', ipv6)}
  }
}
`;
}
