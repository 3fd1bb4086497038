import type { Evidence } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import type { Finding, FindingArgs } from '../model/finding.ts';
import { shellQuoted } from '../model/shell.ts';

/** route(8), netstat(1) of macOS, Get-NetRoute. */
const ROUTES: Readonly<Record<System, string>> = {
  linux: 'ip -4 route',
  macos: 'netstat -rn -f inet',
  windows: 'Get-NetRoute -AddressFamily IPv4',
  other: 'netstat -rn -f inet',
};

/**
 * The command by which a person sees what a piece of evidence says. Probes that look at everything at once have a
 * shorter one for what is at stake. @param system of the machine that made it
 */
export function checkOf(
  item: Evidence & { status: 'ok' },
  because: readonly Finding[],
  system: System,
  transport: 'tcp' | 'udp',
): string {
  switch (item.probe) {
    case 'arrivals':
      return `sudo tcpdump -n -i any ${transport} port ${item.facts.port}`;
    case 'firewall': {
      const rule = because.find((finding) => finding.code === 'firewall-blocks');
      return rule?.code === 'firewall-blocks' ? rulesOf(rule.args) : item.how;
    }
    case 'routes':
      return ROUTES[system];
    default:
      return item.how;
  }
}

function rulesOf({ software, table, chain, position }: FindingArgs<'firewall-blocks'>): string {
  switch (software) {
    case 'windows-firewall':
      return position === null
        ? 'Get-NetFirewallProfile -PolicyStore ActiveStore'
        : 'Get-NetFirewallRule -PolicyStore ActiveStore -Direction Inbound -Enabled True -Action Block';
    case 'macos-application-firewall':
      return `${SOCKETFILTERFW} --getglobalstate --getblockall --listapps`;
    case 'pf':
      return 'sudo pfctl -s rules';
    default:
  }
  // nftables' tables have a family in front; iptables' have none.
  if (table.includes(' ')) {
    return `sudo nft list chain ${[...table.split(' '), chain].map(shellQuoted).join(' ')}`;
  }
  const tool = software === 'iptables-legacy' ? 'iptables-legacy' : 'iptables';
  return `sudo ${tool} -t ${shellQuoted(table)} -S ${shellQuoted(chain)}`;
}

const SOCKETFILTERFW = '/usr/libexec/ApplicationFirewall/socketfilterfw';
