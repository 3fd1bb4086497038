import { EXTRA, HOME } from '../addresses.ts';
import type { Service } from '../schema/server.ts';
import { linkUp, script } from '../script.ts';
import type { World } from '../world.ts';

/** The container's network: IPv4 only, as in Docker's default bridge. */
export function container(): string {
  return script({ settings: { 'ipv4/ip_unprivileged_port_start': '0' } }, [
    ...linkUp('eth0', [`${EXTRA.container4}/16`]),
    `route add 0.0.0.0/0 via ${EXTRA.dockerBridge} dev eth0`,
  ]);
}

/** What Docker 24 writes with iptables for a container that publishes these ports, for `iptables-restore`. */
export function dockerRules({ server: { docker, services } }: World): string {
  if (docker === undefined) return '';
  const ports = services.map(({ port }) => port);
  const published = docker.publishes === 'dual-stack' ? ports : [];
  const to = EXTRA.container4;
  // As the documentation tells those who want to restrict published ports (docs.docker.com, "Packet filtering").
  const user = docker.user === 'drop' ? [`-A DOCKER-USER ! -s ${HOME.lan4} -i eth0 -j DROP`] : [];
  return [
    '*nat',
    ':PREROUTING ACCEPT',
    ':INPUT ACCEPT',
    ':OUTPUT ACCEPT',
    ':POSTROUTING ACCEPT',
    ':DOCKER -',
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    '-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER',
    '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    ...published.map(
      (port) => `-A POSTROUTING -s ${to}/32 -d ${to}/32 -p tcp -m tcp --dport ${port} -j MASQUERADE`,
    ),
    '-A DOCKER -i docker0 -j RETURN',
    ...published.map(
      (port) => `-A DOCKER ! -i docker0 -p tcp -m tcp --dport ${port} -j DNAT --to-destination ${to}:${port}`,
    ),
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT',
    ':FORWARD DROP',
    ':OUTPUT ACCEPT',
    ':DOCKER -',
    ':DOCKER-ISOLATION-STAGE-1 -',
    ':DOCKER-ISOLATION-STAGE-2 -',
    ':DOCKER-USER -',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
    '-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -o docker0 -j DOCKER',
    '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    '-A FORWARD -i docker0 -o docker0 -j ACCEPT',
    ...published.map(
      (port) => `-A DOCKER -d ${to}/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport ${port} -j ACCEPT`,
    ),
    '-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
    '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
    '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
    ...user,
    '-A DOCKER-USER -j RETURN',
    'COMMIT',
    '',
  ].join('\n');
}

/** Arguments of the processes named docker-proxy, which take what the rules don't translate: IPv6 and loopback. */
export function dockerProxies({ server: { docker, services } }: World): string[][] {
  if (docker === undefined) return [];
  const families = docker.publishes === 'dual-stack' ? (['4', '6'] as const) : (['6'] as const);
  return services.flatMap(({ port }: Service) =>
    families.map((family) => [
      `TCP${family}-LISTEN:${port},fork,reuseaddr${family === '6' ? ',ipv6only=1' : ''}`,
      `TCP4:${EXTRA.container4}:${port}`,
    ]),
  );
}
