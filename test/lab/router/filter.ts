import { CLAMP_MSS, WAN_SIDE } from '../isp/line.ts';
import { portSetChains } from '../isp/map-e.ts';
import type { RouterFirewall, UpnpSettings } from '../schema/router.ts';

/** Chains in which miniupnpd writes its mappings; named so in its configuration too. */
export const UPNP_CHAINS = {
  table: 'router',
  nat: 'upnp-before',
  after: 'upnp-after',
  through: 'upnp-through',
} as const;

/** Removes all mappings that were made over UPnP, NAT-PMP and PCP. */
export const WITHOUT_MAPPINGS = [UPNP_CHAINS.nat, UPNP_CHAINS.after, UPNP_CHAINS.through]
  .map((chain) => `flush chain inet ${UPNP_CHAINS.table} ${chain}`)
  .join('\n');

export interface Mapping {
  readonly protocol: 'tcp' | 'udp';
  /** External. */
  readonly port: number;
  readonly to: string;
  readonly toPort: number;
}

/** A router that translates IPv4, with all addresses filled in. */
export interface RouterRules {
  /** The address of the WAN and the network of the LAN. */
  readonly wan4: string;
  readonly lan4: string;
  /** Mappings set by hand; and those made over UPnP, of which only the way back into the LAN is for these rules. */
  readonly forwards: readonly Mapping[];
  readonly listed: readonly Mapping[];
  readonly firewall: RouterFirewall;
  readonly ipv6Firewall: 'open' | 'blocks';
  readonly hairpin: 'on' | 'off' | 'router-page';
  readonly unforwarded: 'drop' | 'reset' | 'icmp';
  /** What it forwards carries its own address on the LAN. */
  readonly masquerades: boolean;
  readonly pageOnWan: boolean;
  readonly upnp: UpnpSettings;
  /** How IPv4 leaves: as the WAN's address, as one port set of it (MAP-E), or as it is (the B4 of DS-Lite). */
  readonly leavesAs: 'wan' | 'port-set' | 'lan';
}

/** What a router translates, forwards and drops, as nftables rules. */
export function routerFilter(rules: RouterRules): string {
  const { lan4, leavesAs, unforwarded, wan4 } = rules;
  const reject = {
    drop: '',
    reset: 'meta nfproto ipv4 meta l4proto tcp reject with tcp reset',
    icmp: 'meta nfproto ipv4 reject with icmp type port-unreachable',
  }[unforwarded];
  const leaving = {
    wan: `oifname ${WAN_SIDE} ip saddr ${lan4} masquerade`,
    'port-set': `oifname "wan" ip saddr { ${lan4}, ${wan4} } goto into-set`,
    lan: '',
  }[leavesAs];
  return `
table inet router {
  chain ${UPNP_CHAINS.nat} { }
  chain ${UPNP_CHAINS.after} { }
  chain ${UPNP_CHAINS.through} { }${CLAMP_MSS}
  chain forwards {
  }
  chain firewall {
  }
  chain early {
    type filter hook prerouting priority raw;
  }
  chain loopback {
  }
  chain silent {
  }${leavesAs === 'port-set' ? portSetChains() : ''}
  chain before {
    type nat hook prerouting priority dstnat;
    jump forwards
    jump ${UPNP_CHAINS.nat}
  }
  chain after {
    type nat hook postrouting priority srcnat;
    jump ${UPNP_CHAINS.after}
    ip saddr ${lan4} ip daddr ${lan4} ct status dnat masquerade
    ${rules.masquerades ? `oifname "lan" ip daddr ${lan4} ct status dnat masquerade` : ''}
    ${leaving}
  }
  chain through {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "lan" accept
    iifname ${WAN_SIDE} ct status dnat jump firewall
    ct status dnat accept
    jump ${UPNP_CHAINS.through}
    ${rules.ipv6Firewall === 'open' ? 'iifname "wan" oifname "lan" meta nfproto ipv6 accept' : ''}
  }
  chain to-router {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state established,related accept
    meta l4proto { icmp, ipv6-icmp } accept
    iifname "wan" meta nfproto ipv6 udp dport 4789 accept
    jump silent
    jump loopback
    iifname "lan" accept
    ${rules.pageOnWan ? 'meta nfproto ipv4 tcp dport { 80, 443 } accept' : ''}
    ${reject}
  }
}
${changeableRules(rules)}`;
}

/** What the router's page changes, for rules that are already loaded: one transaction. */
export function changeableRules(rules: RouterRules): string {
  const { firewall, forwards, hairpin, listed, upnp, wan4 } = rules;
  const dnat = ({ port, protocol, to, toPort }: Mapping) =>
    `ip daddr ${wan4} ${protocol} dport ${port} dnat ip to ${to}:${toPort}`;
  const from = hairpin === 'on' ? '' : `iifname ${WAN_SIDE} `;
  const mapped = [
    ...forwards.map((each) => from + dnat(each)),
    ...(hairpin === 'on' ? listed.map((each) => `iifname "lan" ${dnat(each)}`) : []),
  ];
  const loopback = hairpin === 'router-page' ? [] : [`iifname "lan" ip daddr ${wan4} meta l4proto tcp drop`];
  // NAT-PMP and PCP share a port; the first byte is the version, 0 and 2 (RFC 6886, RFC 6887).
  const silent = [
    ...(upnp.natPmp ? [] : ['udp dport 5351 @th,64,8 0 drop']),
    ...(upnp.pcp ? [] : ['udp dport 5351 @th,64,8 2 drop']),
  ];
  const chains = { forwards: mapped, ...firewallRules(firewall, wan4), loopback, silent };
  return Object.entries(chains)
    .flatMap(([chain, lines]) => [
      `flush chain inet router ${chain}`,
      ...lines.map((line) => `add rule inet router ${chain} ${line}`),
    ])
    .join('\n');
}

function firewallRules(firewall: RouterFirewall, wan4: string): { early: string[]; firewall: string[] } {
  if (firewall === 'open') return { early: [], firewall: [] };
  const { action, ports, where } = firewall;
  const verdict = action === 'drop' ? 'drop' : 'reject with icmp type admin-prohibited';
  if (where === 'early') {
    const all = ports === 'all' ? ['0-65535'] : ports;
    return {
      firewall: [],
      early: all.map((port) => `iifname ${WAN_SIDE} ip daddr ${wan4} tcp dport ${port} drop`),
    };
  }
  if (ports === 'all') return { early: [], firewall: [verdict] };
  // One rule a port: in a set, nft 1.0.6 mistakes their type.
  return {
    early: [],
    firewall: ports.map((port) => `meta l4proto tcp ct original proto-dst ${port} ${verdict}`),
  };
}
