import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { addressOf, type HostName, LAN_HOSTS } from './addresses.ts';
import type { Place } from './leftovers.ts';
import { entryFile, entryScript, namespaceName } from './processes.ts';
import { writeFirewallFiles } from './server/firewall/apply.ts';
import type { World } from './world.ts';

/** Hosts and what is between them. */
interface Network {
  readonly hosts: readonly string[];
  /** Virtual cables, as [host, interface] at each end. */
  readonly cables: readonly (readonly (readonly [string, string])[])[];
  /** For each host, the shell script that configures its network from within. */
  readonly setup: ReadonlyMap<string, string>;
}

/** Makes the namespaces, cables, addresses, routes and filters. */
export async function makeNetwork(place: Place, network: Network): Promise<void> {
  const name = (host: string) => namespaceName(place, host);
  const lines = [
    ...network.hosts.map((host) => `netns add ${name(host)}`),
    ...network.cables.map((ends) => {
      const [first, second] = ends.map(([host, end]) => `${end} netns ${name(host)}`);
      return `link add ${first} type veth peer name ${second}`;
    }),
  ];
  await execa('ip', ['-batch', '-'], { input: lines.join('\n') });
  await allSettled(
    [...network.setup].map(([host, script]) =>
      execa('nsenter', [`--net=/run/netns/${name(host)}`, '--', 'sh', '-eu'], { input: script }),
    ),
  );
}

/** Writes the files of /etc that each host sees instead of the machine's, and the program that shows them to it. */
export async function writeHostFiles(place: Place, hosts: readonly HostName[], world: World): Promise<void> {
  await writeFile(entryFile(place), entryScript(place), { mode: 0o755 });
  for (const host of hosts) {
    const dir = join(place.dir, 'etc', host);
    await mkdir(dir, { recursive: true });
    if (host === 'server' || host === 'router')
      await mkdir(join(place.dir, 'run', host), { recursive: true });
    if (host === 'server') await writeFirewallFiles(dir, world);
    const atHome = host === 'server' || host === 'laptop' || host === 'router';
    const servers = ([4, 6] as const).map((family) =>
      atHome && world.dns.recordsAtHome !== undefined
        ? LAN_HOSTS.router[family][0]
        : addressOf('resolver', family),
    );
    await writeFile(join(dir, 'resolv.conf'), servers.map((server) => `nameserver ${server}\n`).join(''));
    await writeFile(join(dir, 'hosts'), '127.0.0.1 localhost\n::1 localhost\n');
    // Without this, nss-resolve and nss-mdns would ask daemons of the machine, past the namespace.
    if (existsSync('/etc/nsswitch.conf')) {
      await writeFile(join(dir, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
    }
  }
}

/** Waits until all have ended, also when one fails: what follows a failure is removal, which must be the last to act. */
export async function allSettled<T>(promises: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
