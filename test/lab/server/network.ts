import { EXTRA, INET, LAN_HOSTS } from '../addresses.ts';
import { linkUp, type ScriptOptions, script } from '../script.ts';
import type { World } from '../world.ts';

/** A host of the LAN. */
export function lanHost(host: 'server' | 'laptop'): string {
  return script({}, [...lan(host), DEFAULT_ROUTE_4, DEFAULT_ROUTE_6]);
}

/** The server, before its firewall and its tunnels. */
export function server({
  server: { bindv6only, docker, ipv4DefaultRoute, temporaryAddress },
}: World): string {
  const options: ScriptOptions = {
    temporary: temporaryAddress,
    forwarding: docker !== undefined,
    settings: {
      // The services run as an ordinary user.
      'ipv4/ip_unprivileged_port_start': '0',
      'ipv6/bindv6only': bindv6only ? '1' : '0',
    },
  };
  return script(options, [
    ...lan('server', temporaryAddress),
    ...(ipv4DefaultRoute ? [DEFAULT_ROUTE_4] : []),
    DEFAULT_ROUTE_6,
    ...(docker === undefined ? [] : dockerBridge()),
  ]);
}

function lan(host: 'server' | 'laptop', temporary = false): string[] {
  const stable = `${LAN_HOSTS[host][6][0]}/64${temporary ? ' mngtmpaddr' : ''}`;
  return linkUp('eth0', [`${LAN_HOSTS[host][4][0]}/24`, stable]);
}

const DEFAULT_ROUTE_4 = `route add 0.0.0.0/0 via ${LAN_HOSTS.router[4][0]} dev eth0`;
const DEFAULT_ROUTE_6 = `route add ::/0 via ${INET.linkLocal} dev eth0`;

function dockerBridge(): string[] {
  return [
    'link add docker0 type bridge',
    'link set veth0 master docker0 up',
    ...linkUp('docker0', [`${EXTRA.dockerBridge}/16`]),
  ];
}
