import { familyOf } from '../../model/address.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';
import type { Network } from '../firewall/own.ts';
import { macFlags } from './addresses.ts';
import { ROUTE_TABLES } from './commands.ts';
import { isInner } from './ifconfig.ts';
import { parseDefaultRoutes } from './route-table.ts';
import { run, wholeText } from './tool.ts';

/** A Mac's part of the networks that it is in. */
export async function macNetwork(ports: Ports, context: ProbeContext): Promise<Network> {
  const [flags, four, six] = await Promise.all([
    macFlags(ports, context),
    run(ports, context, ...ROUTE_TABLES.ipv4),
    run(ports, context, ...ROUTE_TABLES.ipv6),
  ]);
  const own = ports.host.interfaces();
  const first = (text: string | null, family: 'ipv4' | 'ipv6'): string | null => {
    const routes = parseDefaultRoutes(text ?? '', family) ?? [];
    // A tunnel that has the default route isn't where packets from outside come in.
    const outer = routes.filter((route) => !isInner(route.interface));
    return (outer.find(({ scoped }) => !scoped) ?? outer[0])?.interface ?? null;
  };
  return {
    held: own.map(({ interface: name, address, prefixLength }) => {
      const flag = flags.get(`${name} ${address}`);
      return {
        address,
        family: familyOf(address),
        prefixLength,
        interface: name,
        isStable: flag?.temporary !== true && flag?.deprecated !== true,
      };
    }),
    inner: new Set(own.map((each) => each.interface).filter(isInner)),
    bridges: new Set(),
    defaults: { ipv4: first(wholeText(four), 'ipv4'), ipv6: first(wholeText(six), 'ipv6') },
  };
}
