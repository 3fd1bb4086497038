import { type Family, familyOf, parseAddress } from '../../model/address.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { RoutesFacts } from '../../model/facts/host.ts';
import type { Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { defaultsOf, interfacesOf, viaOf } from '../windows/network.ts';
import { windowsReading } from '../windows/reading.ts';
import type { SectionFacts } from '../windows/sections.ts';
import { parseRoutePrint, ROUTE_ARGS } from './route-print.ts';

/** ms; it reads the kernel's table. */
const ROUTE_TIMEOUT = 2_500;
/** Interfaces and default routes kept. */
const MAX_INTERFACES = 256;
const MAX_DEFAULTS = 32;
/** Names that VPNs give their adapters, where nothing else tells what they are. */
const TUNNEL_NAME = /^(?:wg|tun|tap|tailscale|nordlynx|proton|zerotier|mullvad|openvpn|wireguard)/iu;

const HOW = 'Get-NetRoute; Find-NetRoute -RemoteIPAddress 1.1.1.1 -LocalIPAddress ADDRESS';

/** By which way a Windows machine's replies leave, as its own look-up with the source address says. */
export async function windowsRoutes(ports: Ports, context: ProbeContext): Promise<Evidence> {
  const item = evidenceOf('routes', 'own', context, ports.clock);
  const reading = await windowsReading(ports, context.signal);
  const [routes, adapters] = [reading.section('routes'), reading.section('adapters')];
  if ('facts' in routes && 'facts' in adapters) {
    return item.ok(
      {
        replies: repliesOf(routes.facts),
        defaults: defaultsOf(routes.facts).slice(0, MAX_DEFAULTS),
        interfaces: interfacesOf(adapters.facts, routes.facts).slice(0, MAX_INTERFACES),
      },
      HOW,
    );
  }
  const printed = await ports.exec.run('route', ROUTE_ARGS, {
    timeoutMs: ROUTE_TIMEOUT,
    signal: context.signal,
  });
  const own = ports.host.interfaces();
  const defaults = printed?.exitCode === 0 ? parseRoutePrint(printed.stdout, own) : null;
  if (defaults === null) {
    return item.failed('reason' in routes ? routes.reason : { code: 'unsupported' }, HOW);
  }
  // Which adapters are tunnels, and what becomes of replies, only PowerShell tells.
  const names = [...new Set(own.map((each) => each.interface))];
  return item.ok(
    {
      replies: [],
      defaults: defaults.slice(0, MAX_DEFAULTS),
      interfaces: names
        .slice(0, MAX_INTERFACES)
        .map((name) => ({ name, kind: null, tunnel: TUNNEL_NAME.test(name) })),
    },
    'route print -4',
  );
}

/** Prefixes by which packets to the internet leave. */
const WAYS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'],
  ipv6: ['::/0', '::/1', '8000::/1', '2000::/3'],
};

/** A look-up that gave nothing leaves the question open, unless there is no route of the family at all. */
function repliesOf({ list, replies }: SectionFacts<'routes'>): RoutesFacts['replies'] {
  return replies.flatMap(({ from: text, arrivesBy, leavesBy, nextHop }): RoutesFacts['replies'] => {
    const from = parseAddress(text.replace(/%.*$/u, ''));
    if (from === null) return [];
    const family = familyOf(from);
    const hasWay = list.some(({ prefix }) => WAYS[family].includes(prefix));
    if (leavesBy === '') return hasWay ? [] : [{ family, from, arrivesBy, leavesBy: null, via: null }];
    return [{ family, from, arrivesBy, leavesBy, via: viaOf(nextHop) }];
  });
}
