import { execa } from 'execa';
import type { Place } from '../../test/lab/leftovers.ts';

/** The client reaches the relay over IPv4, and the origin over IPv6 by the same two cables, through the relay's kernel. */
const HOSTS = ['client', 'relay', 'origin'] as const;
export type Host = (typeof HOSTS)[number];

/** Where clients find the relay; ordinary unicast, as in the lab, and nothing leaves the namespaces. */
export const RELAY_IPV4 = '45.83.104.1';
export const ORIGIN_IPV6 = '2a0b:4341:7700::10';

const namespaceOf = ({ id }: Place, host: Host): string => `${id}-${host}`;

/** Makes the three hosts and their two cables. */
export async function makeNetwork(place: Place): Promise<void> {
  const at = (host: Host) => `netns ${namespaceOf(place, host)}`;
  const lines = [
    ...HOSTS.map((host) => `netns add ${namespaceOf(place, host)}`),
    `link add relay ${at('client')} type veth peer name client ${at('relay')}`,
    `link add relay ${at('origin')} type veth peer name origin ${at('relay')}`,
  ];
  await execa('ip', ['-batch', '-'], { input: lines.join('\n') });
  await script(place, 'client', [
    'ip link set lo up',
    'ip addr add 45.83.104.20/24 dev relay',
    'ip addr add 2a03:4000:47:10::20/64 dev relay nodad',
    'ip link set relay up',
    'ip -6 route add default via 2a03:4000:47:10::1',
  ]);
  await script(place, 'relay', [
    'ip link set lo up',
    `ip addr add ${RELAY_IPV4}/24 dev client`,
    'ip addr add 2a03:4000:47:10::1/64 dev client nodad',
    'ip addr add 2a0b:4341:7700::1/64 dev origin nodad',
    'ip link set client up',
    'ip link set origin up',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
  ]);
  await script(place, 'origin', [
    'ip link set lo up',
    `ip addr add ${ORIGIN_IPV6}/64 dev relay nodad`,
    'ip link set relay up',
    'ip -6 route add default via 2a0b:4341:7700::1',
  ]);
}

const script = (place: Place, host: Host, lines: readonly string[]): Promise<unknown> =>
  execa('ip', ['netns', 'exec', namespaceOf(place, host), 'sh', '-eu'], { input: lines.join('\n') });

/** Starts a program that goes on until the namespaces are cleared. */
export function start(place: Place, host: Host, command: readonly string[]): void {
  const running = execa('ip', ['netns', 'exec', namespaceOf(place, host), ...command], {
    cwd: place.dir,
    stdio: 'ignore',
    reject: false,
  });
  running.unref();
}

/** Runs a program to its end. @returns what it printed. @throws if it fails */
export async function run(place: Place, host: Host, command: readonly string[]): Promise<string> {
  const { stdout } = await execa('ip', ['netns', 'exec', namespaceOf(place, host), ...command], {
    cwd: place.dir,
  });
  return stdout;
}
