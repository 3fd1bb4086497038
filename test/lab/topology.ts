import { type HostName, INET, INTERNET_HOSTS, type InternetHost } from './addresses.ts';
import { nameServerFilter } from './filters.ts';
import { aftr, routesToAftr } from './isp/aftr.ts';
import { provider, routesToProvider } from './isp/provider.ts';
import { outer, router } from './router/network.ts';
import { defaultRoutes, linkUp, script } from './script.ts';
import { container } from './server/docker.ts';
import { lanHost, server } from './server/network.ts';
import { VPN_FILTER } from './server/vpn.ts';
import type { World } from './world.ts';

/**
 *     outside  dns  resolver  api  [other]  [proxy]  [vpn]  [aftr]
 *         └─────┴──────┬──┴────┴───────┴───────┴───────┴──────┘
 *                     inet            the internet's router
 *                      │ up
 *                   provider          the provider's router: filters, carrier-grade NAT
 *                      │ wan
 *                   [outer]           the outer one of two home routers
 *                      │ wan
 *                    router           NAT, forwards, IPv6 firewall, miniupnpd
 *                      │ lan (bridge)
 *                ┌─────┴─────┐
 *              server      laptop
 *                │ docker0
 *           [container]
 *
 * No namespace has a link to the machine's own, so nothing can leave. Links are made inside the namespaces: their names
 * (`eth0`, `wan`, …) never appear on the machine and need not be unique on it.
 */
export interface Topology {
  /** Hosts in the order in which they are made. */
  readonly hosts: readonly HostName[];
  /** Virtual cables, as [host, interface] at each end. */
  readonly cables: readonly Cable[];
  /** For each host, the shell script that configures its network from within. */
  readonly setup: ReadonlyMap<HostName, string>;
}
type End = readonly [HostName, string];
type Cable = readonly [End, End];

/** The whole network of a world. */
export function topologyOf(world: World): Topology {
  const { doubleNat, kind } = world.isp;
  const internetHosts: InternetHost[] = [
    'outside',
    'dns',
    'resolver',
    'api',
    ...new Set(world.internet.hosts),
    ...(world.server.vpn === 'none' ? [] : ['vpn' as const]),
  ];
  const links: Cable[] = [
    ...internetHosts.map(
      (host): Cable => [
        ['inet', `to-${host}`],
        [host, 'eth0'],
      ],
    ),
    [
      ['inet', 'to-provider'],
      ['provider', 'to-inet'],
    ],
    ...(doubleNat === undefined
      ? [cable(['provider', 'to-home'], ['router', 'wan'])]
      : [cable(['provider', 'to-home'], ['outer', 'wan']), cable(['outer', 'lan'], ['router', 'wan'])]),
    [
      ['router', 'lan-server'],
      ['server', 'eth0'],
    ],
    [
      ['router', 'lan-laptop'],
      ['laptop', 'eth0'],
    ],
    ...(kind === 'ds-lite' ? [cable(['inet', 'to-aftr'], ['aftr', 'eth0'])] : []),
    ...(world.server.docker === undefined ? [] : [cable(['server', 'veth0'], ['container', 'eth0'])]),
  ];
  const setup = new Map<HostName, string>([
    ['inet', inet(world, internetHosts)],
    ['provider', provider(world)],
    ...(doubleNat === undefined ? [] : [['outer', outer(world)] as const]),
    ['router', router(world)],
    ['server', server(world)],
    ['laptop', lanHost('laptop')],
    ...internetHosts.map((host) => [host, internetHost(host, world)] as const),
    ...(kind === 'ds-lite' ? [['aftr', aftr(world)] as const] : []),
    ...(world.server.docker === undefined ? [] : [['container', container()] as const]),
  ]);
  return { hosts: [...setup.keys()], cables: links, setup };
}

function cable(end: End, other: End): Cable {
  return [end, other];
}

function inet(world: World, hosts: InternetHost[]): string {
  const kind = world.internet.unrouted === 'silent' ? 'blackhole' : 'unreachable';
  return script({ forwarding: true }, [
    `addr add ${INET[4]}/32 dev lo`,
    `addr add ${INET[6]}/128 dev lo nodad`,
    `route add ${kind} 0.0.0.0/0`,
    `route add ${kind} ::/0`,
    ...hosts.flatMap((host) => {
      const addresses = INTERNET_HOSTS[host];
      return [
        ...linkUp(`to-${host}`, [`${INET.linkLocal}/64`]),
        ...addresses[4].map((address) => `route add ${address}/32 dev to-${host} src ${INET[4]}`),
        ...addresses[6].map((address) => `route add ${address}/128 dev to-${host} src ${INET[6]}`),
      ];
    }),
    ...routesToProvider(),
    ...(world.isp.kind === 'ds-lite' ? routesToAftr() : []),
  ]);
}

function internetHost(host: InternetHost, world: World): string {
  const addresses = [
    ...INTERNET_HOSTS[host][4].map((address) => `${address}/32`),
    ...INTERNET_HOSTS[host][6].map((address) => `${address}/128`),
  ];
  const up = [...linkUp('eth0', addresses), ...defaultRoutes('eth0', { 4: INET[4], 6: INET.linkLocal })];
  if (host === 'vpn') return script({ forwarding: true }, up, VPN_FILTER);
  return script({}, up, host === 'dns' ? nameServerFilter(world) : '');
}
