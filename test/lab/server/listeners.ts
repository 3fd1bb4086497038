import { join } from 'node:path';
import { LAN_HOSTS } from '../addresses.ts';
import type { Service } from '../schema/server.ts';
import type { Listener } from '../service.ts';
import { HOME_NAME, type World } from '../world.ts';

const BIND = {
  lan4: LAN_HOSTS.server[4][0],
  global6: LAN_HOSTS.server[6][0],
  loopback4: '127.0.0.1',
  loopback6: '::1',
} as const;

/** The key of another program on the server; and its page. */
export const OTHER_KEY = 'other-program' as const;
const OTHER_PAGE = 'the page of another program';

/** The open ports of the services, on the server or in its container. */
export function serviceListeners({ server }: World, tlsDir: string): Listener[] {
  return server.services.map((service): Listener => {
    const { kind, port } = service;
    const where = server.docker === undefined ? bindOf(service) : { families: '4' as const };
    if (kind === 'ssh' || kind === 'dns' || kind === 'wireguard') return { kind, port, ...where };
    const page = { kind: 'page', port, text: service.other ? OTHER_PAGE : HOME_NAME, ...where } as const;
    const key = service.other ? OTHER_KEY : serviceHost(server);
    return kind === 'https' ? { ...page, tls: join(tlsDir, key) } : page;
  });
}

/** Where the services run. */
export function serviceHost({ docker }: World['server']): 'server' | 'container' {
  return docker === undefined ? 'server' : 'container';
}

function bindOf({ bind, families }: Service): Pick<Listener, 'families' | 'address'> {
  return bind === 'any' ? { families } : { families, address: BIND[bind] };
}

/**
 * Opens sockets without a word on IPV6_V6ONLY, as programs do that rely on the system's setting, and passes them on to the
 * command: node itself always sets the option. Arguments: the ports, `--`, the command.
 */
const OPEN_AS_SYSTEM = `
use strict; use Socket qw(:DEFAULT SOMAXCONN IPPROTO_TCP AF_INET6 pack_sockaddr_in6);
$^F = 255;
my @kept;
while (defined(my $port = shift @ARGV)) {
  last if $port eq "--";
  socket(my $s, AF_INET6, SOCK_STREAM, IPPROTO_TCP) or die $!;
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack("i", 1)) or die $!;
  bind($s, pack_sockaddr_in6($port, Socket::IN6ADDR_ANY)) or die $!;
  listen($s, SOMAXCONN) or die $!;
  push @kept, $s;
}
exec @ARGV or die $!;
`;

/** The command that serves; with `net.ipv6.bindv6only` its sockets are opened by another program, from descriptor 3 on. */
export function serviceCommand(
  world: World,
  listeners: readonly Listener[],
  command: (listeners: readonly Listener[]) => string[],
): string[] {
  const passed = world.server.bindv6only && world.server.docker === undefined;
  if (!passed) return command(listeners);
  const ports = listeners.map(({ port }) => `${port}`);
  const inherited = listeners.map((listener, index) => ({ ...listener, descriptor: 3 + index }));
  return ['perl', '-e', OPEN_AS_SYSTEM, ...ports, '--', ...command(inherited)];
}
