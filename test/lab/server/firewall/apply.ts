import type { ExecOptions, ExecResult, LabProcess } from '../../processes.ts';
import type { ServerFirewall } from '../../schema/server.ts';
import type { World } from '../../world.ts';
import { dockerRules } from '../docker.ts';
import { startFirewalld, writeFirewalldFiles } from './firewalld.ts';
import { iptablesRules } from './iptables.ts';
import { nftRules } from './nft.ts';
import { ufwCommands, writeUfwFiles } from './ufw.ts';

interface Server {
  spawn(host: 'server', command: readonly string[]): LabProcess;
  exec(host: 'server', command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
}

/** Writes what the server's firewalls read in /etc, before anything runs on the server. */
export async function writeFirewallFiles(etc: string, world: World): Promise<void> {
  for (const firewall of world.server.firewall) {
    if (firewall.software === 'ufw') await writeUfwFiles(etc);
    if (firewall.software === 'firewalld') await writeFirewalldFiles(etc, firewall, portsOf(world));
  }
}

/** Puts the server's firewalls and Docker's rules in force. */
export async function applyFirewalls(world: World, server: Server): Promise<void> {
  const ports = portsOf(world);
  // firewalld throws out what iptables-nft has written before it; Docker's rules come after a start in real life too.
  const ordered = [...world.server.firewall].sort((a, b) => order(a) - order(b));
  for (const firewall of ordered) await apply(firewall, ports, transportOf(world), server);
  const docker = dockerRules(world);
  if (docker !== '') await load(server, 'iptables-nft-restore --noflush', docker);
}

const order = ({ software }: ServerFirewall): number =>
  software === 'firewalld' || software === 'ufw' ? 0 : 1;

async function apply(
  firewall: ServerFirewall,
  ports: readonly number[],
  transport: 'tcp' | 'udp',
  server: Server,
): Promise<void> {
  const { ipv4, ipv6, software } = firewall;
  switch (software) {
    case 'nft':
      return load(server, 'nft -f -', nftRules(firewall, ports, transport));
    case 'ufw':
      return load(server, 'sh -eu', ufwCommands(firewall, ports).join('\n'));
    case 'firewalld':
      return startFirewalld(server);
    default: {
      const suffix = software === 'iptables-nft' ? 'nft' : 'legacy';
      await load(server, `iptables-${suffix}-restore --noflush`, iptablesRules(4, ipv4, ports));
      await load(server, `ip6tables-${suffix}-restore --noflush`, iptablesRules(6, ipv6, ports));
    }
  }
}

async function load(server: Server, command: string, input: string): Promise<void> {
  const { exitCode, stderr, stdout } = await server.exec('server', command.split(' '), { input });
  if (exitCode !== 0) throw new Error(`${command} on the server: ${stderr}${stdout}`);
}

/** What the first service is reached by; only nft's rules are written for UDP. */
const transportOf = ({ server }: World): 'tcp' | 'udp' =>
  ['dns', 'wireguard'].includes(server.services[0]?.kind ?? '') ? 'udp' : 'tcp';

/** Ports of the services; one that has none keeps the web's shut, so that a set of rules always names some. */
function portsOf({ server }: World): number[] {
  const ports = [...new Set(server.services.map(({ port }) => port))];
  return ports.length === 0 ? [80, 443] : ports;
}
