import { HOME } from '../../addresses.ts';
import type { ServerFirewall } from '../../schema/server.ts';

/** For `iptables-restore` (or `ip6tables-restore`) of either kind: policy DROP, as a person saves it in rules.v4. */
export function iptablesRules(
  family: 4 | 6,
  policy: ServerFirewall['ipv4'],
  ports: readonly number[],
): string {
  const from = family === 4 ? HOME.lan4 : HOME.lan6;
  const rule = (port: number) => {
    const tcp = `-p tcp -m tcp --dport ${port}`;
    return {
      accept: [`-A INPUT ${tcp} -j ACCEPT`],
      drop: [],
      reject: [
        `-A INPUT ${tcp} -j REJECT --reject-with ${family === 4 ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'}`,
      ],
      'lan-only': [`-A INPUT -s ${from} ${tcp} -j ACCEPT`],
    }[policy];
  };
  return [
    '*filter',
    ':INPUT DROP',
    ':FORWARD DROP',
    ':OUTPUT ACCEPT',
    '-A INPUT -i lo -j ACCEPT',
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    `-A INPUT -p ${family === 4 ? 'icmp' : 'ipv6-icmp'} -j ACCEPT`,
    ...ports.flatMap(rule),
    'COMMIT',
    '',
  ].join('\n');
}
