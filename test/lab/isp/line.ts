import { DOUBLE_NAT, HOME, INET, PROVIDER } from '../addresses.ts';
import { defaultRoutes, linkUp } from '../script.ts';
import { lineIpv4, type World } from '../world.ts';

/** Interface of DS-Lite's tunnel, in the router and at the AFTR. */
export const SOFTWIRE = 'softwire';
/** Interfaces of a router that lead to the provider, as an nftables set. */
export const WAN_SIDE = `{ "wan", "${SOFTWIRE}" }`;

/** The IPv6 address of the router that the line ends at: the home's, or the outer one of two. */
export function line6({ isp }: World): string {
  return isp.doubleNat === undefined ? HOME.wan6 : DOUBLE_NAT.outer6;
}

/** The provider's end of the line, as the home's router sees it; none where the line carries no IPv4. */
export function lineGateway4({ isp }: World): string | undefined {
  const { cgnatGateway, privateGateway } = PROVIDER;
  const own = PROVIDER[4];
  return { public: own, 'map-e': own, cgnat: cgnatGateway, private: privateGateway, 'ds-lite': undefined }[
    isp.kind
  ];
}

/** Addresses and routes of the router at the end of the provider's line: commands for `ip -batch`. */
export function lineEnd(world: World): string[] {
  const four = lineIpv4(world);
  const six = line6(world);
  const gateways = { 6: INET.linkLocal };
  if (world.isp.kind !== 'ds-lite') {
    return [
      ...linkUp('wan', [`${four}/32`, `${six}/128`]),
      ...defaultRoutes('wan', { ...gateways, 4: lineGateway4(world) ?? PROVIDER[4] }),
    ];
  }
  return [
    ...linkUp('wan', [`${six}/128`]),
    ...defaultRoutes('wan', gateways),
    ...softwire(six, PROVIDER.aftr6),
    `addr add ${PROVIDER.b4} peer ${PROVIDER.aftrInside}/32 dev ${SOFTWIRE}`,
    `route add 0.0.0.0/0 via ${PROVIDER.aftrInside} dev ${SOFTWIRE}`,
  ];
}

/**
 * IPv4 in IPv6 between two addresses. VXLAN, because `ip6_tunnel` isn't in every kernel; what the home and the internet
 * see is the same.
 */
export function softwire(local: string, remote: string): string[] {
  return [
    `link add ${SOFTWIRE} type vxlan id 6333 local ${local} remote ${remote} dstport 4789 nolearning`,
    `link set ${SOFTWIRE} up`,
  ];
}

/** Packets are smaller in the tunnel: TCP is told so (RFC 6333, section 5.3, leaves it to the B4). */
export const CLAMP_MSS = `
  chain clamp {
    type filter hook forward priority mangle;
    tcp flags syn tcp option maxseg size set rt mtu
  }`;
