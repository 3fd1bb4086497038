import { DOUBLE_NAT, HOME, LAN_HOSTS } from '../addresses.ts';
import type { Forward } from '../schema/router.ts';
import { lineIpv4, routerWan4, type World } from '../world.ts';
import type { Mapping, RouterRules } from './filter.ts';

/** An address of the LAN that no host has. */
const NOBODY = '192.168.77.99';

/** Where a forward leads. */
export function hostOf(to: Forward['to']): string {
  return to === 'nobody' ? NOBODY : LAN_HOSTS[to][4][0];
}

function mapping({ port, protocol, to, toPort }: Forward): Mapping {
  return { protocol, port, to: hostOf(to), toPort: toPort ?? port };
}

/** Of the home router. */
export function homeRouterRules(world: World): RouterRules {
  const { router } = world;
  return {
    wan4: routerWan4(world),
    lan4: HOME.lan4,
    forwards: router.forwards.filter(({ listed }) => !listed).map(mapping),
    listed: router.forwards.filter(({ listed }) => listed).map(mapping),
    firewall: router.firewall,
    ipv6Firewall: router.ipv6Firewall,
    hairpin: router.hairpin,
    unforwarded: router.unforwarded,
    masquerades: router.masquerades,
    pageOnWan: router.page.wan,
    upnp: router.upnp,
    leavesAs: world.isp.doubleNat === undefined ? lineLeavesAs(world) : 'wan',
  };
}

/** Of the outer router of two. */
export function outerRouterRules(world: World): RouterRules {
  const { forwards = [], outerAnswers = false } = world.isp.doubleNat ?? {};
  return {
    wan4: lineIpv4(world),
    lan4: DOUBLE_NAT.network,
    forwards: forwards.map((port) => ({ protocol: 'tcp', port, to: DOUBLE_NAT.inner, toPort: port })),
    listed: [],
    firewall: 'open',
    ipv6Firewall: 'open',
    hairpin: 'on',
    unforwarded: 'drop',
    masquerades: false,
    pageOnWan: false,
    upnp: { igd: outerAnswers, natPmp: outerAnswers, pcp: outerAnswers, tellsPrivateWan: true },
    leavesAs: lineLeavesAs(world),
  };
}

function lineLeavesAs({ isp }: World): RouterRules['leavesAs'] {
  if (isp.kind === 'ds-lite') return 'lan';
  return isp.kind === 'map-e' ? 'port-set' : 'wan';
}
