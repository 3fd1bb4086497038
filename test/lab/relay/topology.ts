import { INET, INTERNET_HOSTS } from '../addresses.ts';
import { defaultRoutes, linkUp, script } from '../script.ts';

/**
 *     client  dns  elsewhere
 *        └─────┼──────┘
 *     relay ─ inet ─ origin
 *
 * `client` has only IPv4, `origin` only IPv6. `elsewhere` has every address that a relay must never reach.
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

/** @param originMtu Bytes; of the link between the internet and the origin, IPv6's least being 1280 (RFC 8200, section 5). */
export function relayNetwork(originMtu: number) {
  const narrow = (link: string, host: RelayHost) =>
    host === 'origin' ? [`link set ${link} mtu ${originMtu}`] : [];
  const own = (host: RelayHost): readonly string[] => [
    ...RELAY_HOSTS[host][4].map((address) => `${address}/32`),
    ...RELAY_HOSTS[host][6].map((address) => `${address}/128`),
  ];
  const inet = script({ forwarding: true }, [
    `addr add ${INET[4]}/32 dev lo`,
    `addr add ${INET[6]}/128 dev lo nodad`,
    'route add unreachable 0.0.0.0/0',
    'route add unreachable ::/0',
    ...HOSTS.flatMap((host) => [
      ...linkUp(`to-${host}`, [`${INET.linkLocal}/64`]),
      ...narrow(`to-${host}`, host),
      ...RELAY_HOSTS[host][4].map((address) => `route add ${address}/32 dev to-${host} src ${INET[4]}`),
      ...RELAY_HOSTS[host][6].map((address) => `route add ${address}/128 dev to-${host} src ${INET[6]}`),
    ]),
  ]);
  const setup = new Map<string, string>([
    ['inet', inet],
    ...HOSTS.map((host): [string, string] => {
      const gateways = { 4: INET[4], 6: INET.linkLocal };
      const up = [
        ...linkUp('eth0', own(host)),
        ...narrow('eth0', host),
        ...defaultRoutes('eth0', gateways).filter((route) =>
          route.includes('::/0') ? host !== 'client' : host !== 'origin',
        ),
      ];
      return [host, script({}, up)];
    }),
  ]);
  return {
    hosts: ['inet', ...HOSTS],
    cables: HOSTS.map(
      (host) =>
        [
          ['inet', `to-${host}`],
          [host, 'eth0'],
        ] as const,
    ),
    setup,
  };
}
