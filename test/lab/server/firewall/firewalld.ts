import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME } from '../../addresses.ts';
import type { LabProcess } from '../../processes.ts';
import type { ServerFirewall } from '../../schema/server.ts';

/** The server's own /etc/firewalld: the zone `public` with what its owner has added. */
export async function writeFirewalldFiles(
  etc: string,
  firewall: ServerFirewall,
  ports: readonly number[],
): Promise<void> {
  const dir = join(etc, 'firewalld');
  await mkdir(join(dir, 'zones'), { recursive: true });
  await writeFile(
    join(dir, 'firewalld.conf'),
    'DefaultZone=public\nFirewallBackend=nftables\nIPv6_rpfilter=no\n',
  );
  await writeFile(join(dir, 'zones', 'public.xml'), zone(firewall, ports));
}

function zone({ ipv4, ipv6 }: ServerFirewall, ports: readonly number[]): string {
  const rules = ports.flatMap((port) =>
    ipv4 === 'accept' && ipv6 === 'accept'
      ? [`  <port port="${port}" protocol="tcp"/>`]
      : [...richRule('ipv4', ipv4, HOME.lan4, port), ...richRule('ipv6', ipv6, HOME.lan6, port)],
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<zone>
  <short>Public</short>
  <service name="ssh"/>
  <service name="dhcpv6-client"/>
${rules.join('\n')}
  <forward/>
</zone>
`;
}

/** What no rule names is rejected anyway. */
function richRule(
  family: 'ipv4' | 'ipv6',
  policy: ServerFirewall['ipv4'],
  lan: string,
  port: number,
): string[] {
  const rule = (action: string, source = '') =>
    `  <rule family="${family}">${source}<port port="${port}" protocol="tcp"/><${action}/></rule>`;
  const fromLan = `<source address="${lan}"/>`;
  return {
    accept: [rule('accept')],
    drop: [rule('drop')],
    reject: [],
    'lan-only': [rule('accept', fromLan)],
  }[policy];
}

interface Server {
  spawn(host: 'server', command: readonly string[]): LabProcess;
  exec(
    host: 'server',
    command: readonly string[],
  ): Promise<{ stdout: string; stderr: string; exitCode: number }>;
}

/** Starts firewalld with a message bus of its own: /run is the server's, not the machine's. */
export async function startFirewalld({ exec, spawn }: Server): Promise<void> {
  const bus = spawn('server', [
    'sh',
    '-c',
    'mkdir -p /run/dbus && exec dbus-daemon --system --nofork --nopidfile --print-address',
  ]);
  await bus.waitFor(/^unix:/mu);
  spawn('server', ['firewalld', '--nofork', '--nopid', '--log-target', 'console']);
  const wait = 'for each in $(seq 100); do firewall-cmd --state && exit 0; sleep 0.1; done; exit 1';
  const { exitCode, stderr, stdout } = await exec('server', ['sh', '-c', wait]);
  if (exitCode !== 0) throw new Error(`firewalld did not start: ${stdout}${stderr}`);
}
