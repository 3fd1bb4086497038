import type { Evidence } from '../model/evidence.ts';
import type { Finding, FindingArgs } from '../model/finding.ts';
import { shellQuoted } from '../model/shell.ts';

/**
 * The command by which a person sees what a piece of evidence says. Probes that look at everything at once have a
 * shorter one for what is at stake.
 */
export function checkOf(item: Evidence & { status: 'ok' }, because: readonly Finding[]): string {
  switch (item.probe) {
    case 'arrivals':
      return `sudo tcpdump -n -i any tcp port ${item.facts.port}`;
    case 'firewall': {
      const rule = because.find((finding) => finding.code === 'firewall-blocks');
      return rule?.code === 'firewall-blocks' ? rulesOf(rule.args) : item.how;
    }
    case 'routes':
      return 'ip -4 route';
    default:
      return item.how;
  }
}

function rulesOf({ software, table, chain }: FindingArgs<'firewall-blocks'>): string {
  // nftables' tables have a family in front; iptables' have none.
  if (table.includes(' ')) {
    return `sudo nft list chain ${[...table.split(' '), chain].map(shellQuoted).join(' ')}`;
  }
  const tool = software === 'iptables-legacy' ? 'iptables-legacy' : 'iptables';
  return `sudo ${tool} -t ${shellQuoted(table)} -S ${shellQuoted(chain)}`;
}
