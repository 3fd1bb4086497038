import { HOME, type HostName, INET, INTERNET_HOSTS, type InternetHost, LAN_HOSTS } from './addresses.ts';
import { nameServerFilter, routerFilter } from './filters.ts';
import type { World } from './world.ts';

/**
 *     outside  dns  resolver  api  [other]  [proxy]
 *         └─────┴──────┬──┴────┴───────┴───────┘
 *                     inet            the internet's router and the home's provider
 *                      │ wan
 *                    router           NAT, forwards, IPv6 firewall
 *                      │ lan (bridge)
 *                ┌─────┴─────┐
 *              server      laptop
 *
 * No namespace has a link to the machine's own, so nothing can leave. Links are made inside the namespaces: their names
 * (`eth0`, `wan`, …) never appear on the machine and need not be unique on it.
 */
export interface Topology {
  /** Hosts in the order in which they are made. */
  readonly hosts: readonly HostName[];
  /** Virtual cables, as [host, interface] at each end. */
  readonly cables: readonly (readonly [End, End])[];
  /** For each host, the shell script that configures its network from within. */
  readonly setup: ReadonlyMap<HostName, string>;
}
type End = readonly [HostName, string];

/** The whole network of a world. */
export function topologyOf(world: World): Topology {
  const internetHosts: InternetHost[] = [
    'outside',
    'dns',
    'resolver',
    'api',
    ...new Set(world.internet.hosts),
  ];
  return {
    hosts: ['inet', 'router', 'server', 'laptop', ...internetHosts],
    cables: [
      ...internetHosts.map(
        (host) =>
          [
            ['inet', `to-${host}`],
            [host, 'eth0'],
          ] as const,
      ),
      [
        ['inet', 'to-router'],
        ['router', 'wan'],
      ],
      [
        ['router', 'lan-server'],
        ['server', 'eth0'],
      ],
      [
        ['router', 'lan-laptop'],
        ['laptop', 'eth0'],
      ],
    ],
    setup: new Map<HostName, string>([
      ['inet', inet(world, internetHosts)],
      ['router', router(world)],
      ['server', lanHost('server', world.server.temporaryAddress)],
      ['laptop', lanHost('laptop', false)],
      ...internetHosts.map((host) => [host, internetHost(host, world)] as const),
    ]),
  };
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
    ...linkUp('to-router', [`${INET.linkLocal}/64`]),
    `route add ${HOME.wan4}/32 dev to-router src ${INET[4]}`,
    `route add ${HOME.wan6}/128 dev to-router src ${INET[6]}`,
    `route add ${HOME.delegated} via ${HOME.wan6} dev to-router`,
  ]);
}

function internetHost(host: InternetHost, world: World): string {
  const addresses = [
    ...INTERNET_HOSTS[host][4].map((address) => `${address}/32`),
    ...INTERNET_HOSTS[host][6].map((address) => `${address}/128`),
  ];
  const filter = host === 'dns' ? nameServerFilter(world) : '';
  return script({}, [...linkUp('eth0', addresses), ...defaultRoutes('eth0')], filter);
}

function router(world: World): string {
  return script(
    { forwarding: true },
    [
      'link add lan type bridge',
      'link set lan-server master lan up',
      'link set lan-laptop master lan up',
      ...linkUp('lan', [
        `${LAN_HOSTS.router[4][0]}/24`,
        `${LAN_HOSTS.router[6][0]}/64`,
        `${INET.linkLocal}/64`,
      ]),
      ...linkUp('wan', [`${HOME.wan4}/32`, `${HOME.wan6}/128`]),
      ...defaultRoutes('wan'),
      // What the provider routes here and no LAN uses must not go back to it (RFC 7084, L-14 and WPD-5).
      `route add unreachable ${HOME.delegated}`,
    ],
    routerFilter(world),
  );
}

function lanHost(host: 'server' | 'laptop', temporary: boolean): string {
  const stable = `${LAN_HOSTS[host][6][0]}/64${temporary ? ' mngtmpaddr' : ''}`;
  return script({ temporary }, [
    ...linkUp('eth0', [`${LAN_HOSTS[host][4][0]}/24`, stable]),
    `route add 0.0.0.0/0 via ${LAN_HOSTS.router[4][0]} dev eth0`,
    `route add ::/0 via ${INET.linkLocal} dev eth0`,
  ]);
}

/** Brings an interface up; `nodad`, so that IPv6 addresses are usable at once. */
function linkUp(name: string, addresses: string[]): string[] {
  const flag = (address: string) => (address.includes(':') ? ' nodad' : '');
  return [
    `link set ${name} up`,
    ...addresses.map((address) => `addr add ${address} dev ${name}${flag(address)}`),
  ];
}

/** `onlink`: the router's IPv4 address is in no subnet of the link, as on a PPPoE line. */
function defaultRoutes(name: string): string[] {
  return [
    `route add 0.0.0.0/0 via ${INET[4]} dev ${name} onlink`,
    `route add ::/0 via ${INET.linkLocal} dev ${name}`,
  ];
}

/** Settings first, because an interface that is already up has taken the old ones. */
function script(
  options: { forwarding?: boolean; temporary?: boolean },
  ipCommands: string[],
  filter = '',
): string {
  const forwarding = options.forwarding === true ? 1 : 0;
  return `
cd /proc/sys/net
echo ${forwarding} > ipv4/ip_forward
echo ${forwarding} > ipv6/conf/all/forwarding
# Tests send many packets to dead addresses at once: every one gets its ICMP error, however many there were before.
echo 0 > ipv4/icmp_ratelimit
echo 0 > ipv6/icmp/ratelimit
for each in ipv6/conf/*; do
  echo 0 > "$each/accept_dad"
  echo 0 > "$each/accept_ra"
  echo ${options.temporary === true ? 2 : 0} > "$each/use_tempaddr"
done
for each in ipv4/conf/*; do echo 0 > "$each/rp_filter"; done
# With br_netfilter a bridge would apply the router's NAT to frames, and drop what goes back where it came from.
for each in bridge/bridge-nf-call-ip*; do [ ! -e "$each" ] || echo 0 > "$each"; done
ip -batch - <<'END'
link set lo up
${ipCommands.join('\n')}
END
${filter === '' ? '' : `nft -f - <<'END'\n${filter}\nEND`}
`;
}
