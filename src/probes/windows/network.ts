import { familyOf, parseAddress, scopeOf } from '../../model/address.ts';
import type { OwnAddress } from '../../model/evidence.ts';
import type { RoutesFacts } from '../../model/facts/host.ts';
import type { SectionFacts } from './sections.ts';

/** Addresses in these states belong to an interface that is down, or aren't this machine's (NL_DAD_STATE). */
const USABLE: ReadonlySet<string> = new Set(['Preferred', 'Deprecated']);

/**
 * Get-NetIPAddress. A suffix by chance is that of a temporary address (RFC 8981): a stable one is `Link` also where it is
 * random (Windows randomizes both by default, and tells them apart so).
 */
export function addressesOf({ list }: SectionFacts<'addresses'>): OwnAddress[] {
  const found = list.flatMap(({ alias, address: text, prefixLength, suffixOrigin, state }): OwnAddress[] => {
    const address = parseAddress(text.replace(/%.*$/u, ''));
    if (address === null || !USABLE.has(state) || prefixLength < 0 || prefixLength > 128) return [];
    const family = familyOf(address);
    return [
      {
        address,
        family,
        interface: alias,
        prefixLength,
        scope: scopeOf(address),
        temporary: family === 'ipv6' && suffixOrigin === 'Random' && scopeOf(address) !== 'link-local',
        deprecated: state === 'Deprecated',
      },
    ];
  });
  const first = new Map(found.toReversed().map((each) => [`${each.interface} ${each.address}`, each]));
  return found.filter((each) => first.get(`${each.interface} ${each.address}`) === each);
}

/** Interface types (IANA ifType), as .NET and Get-NetAdapter number them. */
const TYPE = { ethernet: 6, ppp: 23, loopback: 24, virtual: 53, wireless: 71, tunnel: 131 } as const;

/** What drivers of VPNs call their adapters; WireGuard's, Wintun's and OpenVPN's own types don't tell. */
const TUNNEL_DRIVER: readonly (readonly [RegExp, string])[] = [
  [/wireguard/iu, 'wireguard'],
  [/wintun|tailscale|nordlynx|mullvad|cloudflare warp/iu, 'tun'],
  [/tap-|tap .*adapter|openvpn|zerotier|\bvpn\b|anyconnect|fortinet|pangp|juniper/iu, 'tap'],
];

/**
 * The adapters: what kind they are, and whether they lead into a tunnel. `virtual` alone doesn't tell: adapters of VPNs are,
 * and so are teams of network cards and ports of virtual switches. Those lead to a router on their network; what takes
 * packets for the internet without one is a tunnel.
 */
export function interfacesOf(
  { list }: SectionFacts<'adapters'>,
  routes: SectionFacts<'routes'> | null,
): RoutesFacts['interfaces'] {
  const needsNoRouter = new Set(
    routes?.list.filter(({ nextHop }) => viaOf(nextHop) === null).map(({ alias }) => alias),
  );
  return list.map(({ alias, description, type }) => {
    const driver = TUNNEL_DRIVER.find(([pattern]) => pattern.test(description))?.[1];
    const isTunnel = type === TYPE.tunnel || (type === TYPE.virtual && needsNoRouter.has(alias));
    const kind = driver ?? (type === TYPE.ppp ? 'ppp' : isTunnel ? 'tunnel' : null);
    return { name: alias, kind, tunnel: kind !== null };
  });
}

/** As the interface types of firewall rules; null where that can't be told. */
export function mediumOf(
  adapters: SectionFacts<'adapters'>,
  alias: string,
): 'wired' | 'wireless' | 'remote-access' | null {
  const [adapter] = adapters.list.filter((each) => each.alias === alias);
  switch (adapter?.type) {
    case TYPE.ethernet:
      return 'wired';
    case TYPE.wireless:
      return 'wireless';
    case TYPE.ppp:
      return 'remote-access';
    default:
      return null;
  }
}

/** The default routes, with the metric that counts: the route's and the interface's together. */
export function defaultsOf({ list }: SectionFacts<'routes'>): RoutesFacts['defaults'] {
  return list.flatMap(({ alias, prefix, nextHop, routeMetric, interfaceMetric }) => {
    if (prefix !== '0.0.0.0/0' && prefix !== '::/0') return [];
    const family = prefix === '::/0' ? 'ipv6' : 'ipv4';
    const via = viaOf(nextHop);
    const metric = interfaceMetric === null ? null : routeMetric + interfaceMetric;
    return [{ family, interface: alias, via, metric }] as const;
  });
}

/** Null where the far end is on the link itself, written as the unspecified address. */
export function viaOf(nextHop: string): string | null {
  const via = parseAddress(nextHop.replace(/%.*$/u, ''));
  return via === null || via === '0.0.0.0' || via === '::' ? null : via;
}
