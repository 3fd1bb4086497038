import type { RelaySettings } from '../model/relay.ts';
import { protocolOf } from './check.ts';
import { RECURSOR, RESOLVER } from './host-ports.ts';
import { SPECIAL_IPV6 } from './not-public.ts';

type Protocol = 'tcp' | 'udp';

/** Ports of a protocol that services listen on, each once, in order. */
export function portsOf({ services }: RelaySettings, protocol: Protocol): number[] {
  const ports = services.filter((service) => protocolOf(service) === protocol).map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b);
}

/**
 * /etc/nftables.conf: a second line of defence behind the cloud's firewall and the programs' own rules. Without connection
 * tracking for what is forwarded, because its table would be full before the relay is.
 */
export function nftablesConfig(settings: RelaySettings): string {
  const udp = rulesOf(settings, 'udp');
  const both = (rule: (match: (field: string) => string) => string) =>
    (['tcp', 'udp'] as const).flatMap((protocol) => rulesOf(settings, protocol)(rule));
  const toResolver = `ip daddr ${RESOLVER.address} udp dport ${RESOLVER.port} accept`;
  // Only a SYN opens a connection.
  const noNewTcp = 'tcp flags & (syn | ack) != syn accept';
  const lines = [
    '#!/usr/sbin/nft -f',
    'flush ruleset',
    'table inet relay {',
    ...chain('untracked-in', 'type filter hook prerouting priority raw;', [
      'meta l4proto tcp notrack',
      ...udp((services) => `${services('dport')} notrack`),
    ]),
    ...chain('untracked-out', 'type filter hook output priority raw;', [
      'meta l4proto tcp notrack',
      ...udp((services) => `${services('sport')} notrack`),
      // An answer with the code SERVFAIL (RFC 1035, 4.1.1): HAProxy can't tell that from "no such record", but it knows
      // silence, through which it keeps the last address.
      `oifname lo udp sport ${RESOLVER.port} @th,92,4 2 drop`,
    ]),
    ...chain('input', 'type filter hook input priority filter; policy drop;', [
      // What comes from the host itself would go round for ever.
      ...both((services) => `iifname lo ${services('dport')} reject`),
      'iifname lo accept',
      'fib saddr type local drop',
      noNewTcp,
      ...both((services) => `${services('dport')} accept`),
      'ct state established,related accept',
      'icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept',
      'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query } accept',
      // DHCP (RFC 2131, RFC 8415): answers come from elsewhere than the question went to.
      'udp sport 67 udp dport 68 accept',
      'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
    ]),
    ...chain('output', 'type filter hook output priority filter;', [
      'meta skuid haproxy goto haproxy',
      ...udp(() => 'meta skuid www-data goto nginx'),
      'meta skuid unbound goto unbound',
    ]),
    ...chain('haproxy', '', [noNewTcp, toResolver, 'meta l4proto tcp goto internet', 'reject']),
    ...udp((services) => `${services('sport')} accept`).flatMap((answers) =>
      chain('nginx', '', [answers, toResolver, 'meta l4proto udp goto internet', 'reject']),
    ),
    // Neither this host, nor its metadata service, nor a network beside it.
    ...chain('internet', '', [
      'fib daddr type local reject',
      `ip6 daddr { ${SPECIAL_IPV6.join(', ')} } reject`,
      'ip6 daddr 2000::/3 accept',
      'reject',
    ]),
    ...chain('unbound', '', [
      `oifname lo udp sport { ${RESOLVER.port}, ${RECURSOR.port} } accept`,
      `ip daddr ${RECURSOR.address} udp dport ${RECURSOR.port} accept`,
      noNewTcp,
      'fib daddr type local reject',
      'meta l4proto { tcp, udp } th dport 53 accept',
      'reject',
    ]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

const chain = (name: string, hook: string, rules: readonly string[]): string[] => [
  `chain ${name} {`,
  ...(hook === '' ? rules : [hook, ...rules]).map((rule) => `\t${rule}`),
  '}',
];

/** A rule about the services' ports, where the protocol has any. */
function rulesOf(settings: RelaySettings, protocol: Protocol) {
  const ports = portsOf(settings, protocol);
  return (rule: (match: (field: string) => string) => string): string[] =>
    ports.length === 0 ? [] : [rule((field) => `${protocol} ${field} { ${ports.join(', ')} }`)];
}
