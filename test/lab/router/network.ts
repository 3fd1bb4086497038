import { DOUBLE_NAT, HOME, INET, LAN_HOSTS } from '../addresses.ts';
import { lineEnd } from '../isp/line.ts';
import { linkUp, script } from '../script.ts';
import type { World } from '../world.ts';
import { routerFilter } from './filter.ts';
import { homeRouterRules, outerRouterRules } from './rules.ts';

/** The home router. */
export function router(world: World): string {
  const inner = [
    ...linkUp('wan', [`${DOUBLE_NAT.inner}/24`, `${HOME.wan6}/128`]),
    `route add 0.0.0.0/0 via ${DOUBLE_NAT.outer} dev wan`,
    `route add ::/0 via ${INET.linkLocal} dev wan`,
  ];
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
      ...(world.isp.doubleNat === undefined ? lineEnd(world) : inner),
      // What the provider routes here and no LAN uses must not go back to it (RFC 7084, L-14 and WPD-5).
      `route add unreachable ${HOME.delegated}`,
    ],
    routerFilter(homeRouterRules(world)),
  );
}

/** The outer router of two: translates IPv4, and passes IPv6 on as it is. */
export function outer(world: World): string {
  return script(
    { forwarding: true },
    [
      ...linkUp('lan', [`${DOUBLE_NAT.outer}/24`, `${INET.linkLocal}/64`]),
      ...lineEnd(world),
      `route add ${HOME.wan6}/128 dev lan`,
      `route add ${HOME.delegated} via ${HOME.wan6} dev lan`,
    ],
    routerFilter(outerRouterRules(world)),
  );
}
