import { HOME, INET, INTERNET_HOSTS } from '../addresses.ts';
import { defaultRoutes, linkUp, script } from '../script.ts';

/**
 *     client  dns  elsewhere
 *        └─────┼──────┘
 *     relay ─ inet ─ line ─ origin
 *
 * `line` is the router at the end of the origin's line. `client` has only IPv4, `origin` only IPv6. `elsewhere` has every address that a relay must never reach.
 */
export const RELAY_HOSTS = {
  client: { 4: ['45.83.104.20'], 6: [] },
  relay: { 4: ['152.53.20.80'], 6: ['2a0a:4cc0:80::80'] },
  /** Three servers, each under the prefix of now and the one that the home gets later. */
  origin: {
    4: [],
    6: [
      '2a0b:4341:7700::10',
      '2a0b:4341:7700::11',
      '2a0b:4341:7700::12',
      '2a0b:4341:6600::10',
      '2a0b:4341:6600::11',
      '2a0b:4341:6600::12',
    ],
  },
  /** The root, and the authority of example.org. */
  dns: {
    4: [INTERNET_HOSTS.dns[4][3], INTERNET_HOSTS.dns[4][0]],
    6: [INTERNET_HOSTS.dns[6][3], INTERNET_HOSTS.dns[6][0]],
  },
  elsewhere: {
    4: ['81.2.99.130', '169.254.169.254', '10.0.0.5', '192.0.2.7'],
    6: ['2a0b:4341:8800::10', 'fd00:ec2::254', 'fd12:3456:789a::5', '2001:db8::7', '64:ff9b::a00:5'],
  },
} as const satisfies Record<string, { 4: readonly string[]; 6: readonly string[] }>;
export type RelayHost = keyof typeof RELAY_HOSTS;

const HOSTS = ['client', 'relay', 'origin', 'dns', 'elsewhere'] as const satisfies RelayHost[];

/** The end of the line towards the origin; at the other is `INET.linkLocal`. */
const LINE = 'fe80::2';

/** @param originMtu Bytes; of the origin's line, IPv6's least being 1280 (RFC 8200, section 5). */
export function relayNetwork(originMtu: number) {
  const setup = new Map<string, string>([
    ['inet', inet(originMtu)],
    ['line', line(originMtu)],
    ...HOSTS.map((host) => [host, endHost(host)] as const),
  ]);
  return {
    hosts: ['inet', 'line', ...HOSTS],
    cables: [
      ...HOSTS.filter((host) => host !== 'origin').map((host) => [
        ['inet', `to-${host}`] as const,
        [host, 'eth0'] as const,
      ]),
      [['inet', 'to-line'] as const, ['line', 'wan'] as const],
      [['line', 'lan'] as const, ['origin', 'eth0'] as const],
    ],
    setup,
  };
}

function inet(originMtu: number): string {
  return script({ forwarding: true }, [
    `addr add ${INET[4]}/32 dev lo`,
    `addr add ${INET[6]}/128 dev lo nodad`,
    'route add unreachable 0.0.0.0/0',
    'route add unreachable ::/0',
    ...linkUp('to-line', [`${INET.linkLocal}/64`]),
    `link set to-line mtu ${originMtu}`,
    ...RELAY_HOSTS.origin[6].map(
      (address) => `route add ${address}/128 via ${LINE} dev to-line src ${INET[6]}`,
    ),
    ...HOSTS.filter((host) => host !== 'origin').flatMap((host) => [
      ...linkUp(`to-${host}`, [`${INET.linkLocal}/64`]),
      ...RELAY_HOSTS[host][4].map((address) => `route add ${address}/32 dev to-${host} src ${INET[4]}`),
      ...RELAY_HOSTS[host][6].map((address) => `route add ${address}/128 dev to-${host} src ${INET[6]}`),
    ]),
  ]);
}

function line(mtu: number): string {
  return script({ forwarding: true }, [
    ...linkUp('wan', [`${LINE}/64`]),
    `link set wan mtu ${mtu}`,
    ...linkUp('lan', [`${INET.linkLocal}/64`]),
    // ICMP errors come from an address of its own.
    `addr add ${HOME.wan6}/128 dev lo nodad`,
    `route add ::/0 via ${INET.linkLocal} dev wan`,
    ...RELAY_HOSTS.origin[6].map((address) => `route add ${address}/128 dev lan`),
  ]);
}

function endHost(host: RelayHost): string {
  const addresses = [
    ...RELAY_HOSTS[host][4].map((address) => `${address}/32`),
    ...RELAY_HOSTS[host][6].map((address) => `${address}/128`),
  ];
  const routes = defaultRoutes('eth0', { 4: INET[4], 6: INET.linkLocal });
  const [four = '', six = ''] = routes;
  const own = [
    ...(RELAY_HOSTS[host][4].length > 0 ? [four] : []),
    ...(RELAY_HOSTS[host][6].length > 0 ? [six] : []),
  ];
  // One client stands for many, who have ports of their own.
  const settings = { 'ipv4/ip_local_port_range': '"1024 65535"', 'ipv4/tcp_tw_reuse': '1' };
  return script(host === 'client' ? { settings } : {}, [...linkUp('eth0', addresses), ...own]);
}
