import { type Family, familyOf } from '../../model/address.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { RoutesFacts } from '../../model/facts/host.ts';
import type { NetworkInterfaceAddress, Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { IFCONFIG, ROUTE_TABLES, routeGet } from './commands.ts';
import { isTunnel, parseIfconfig } from './ifconfig.ts';
import { parseDefaultRoutes, parseRouteGet } from './route-table.ts';
import { run, wholeText, whyNot } from './tool.ts';

const MAX_INTERFACES = 256;
const MAX_DEFAULTS = 32;

type Reply = RoutesFacts['replies'][number];
type Ask = (
  own: readonly NetworkInterfaceAddress[],
  interfaces: RoutesFacts['interfaces'],
) => readonly NetworkInterfaceAddress[];

/**
 * By which way a Mac's replies leave, as the kernel's own look-up says.
 * @param outside an address on the internet in whose direction it is asked; nothing is sent there
 * @param addressesToAsk which own addresses are asked for
 */
export async function macRoutes(
  outside: Readonly<Record<Family, string>>,
  addressesToAsk: Ask,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const how = `netstat -rn; route -n get -ifscope INTERFACE ${outside.ipv4}`;
  const item = evidenceOf('routes', 'own', context, ports.clock);
  const [four, six, link] = await Promise.all([
    run(ports, context, ...ROUTE_TABLES.ipv4),
    run(ports, context, ...ROUTE_TABLES.ipv6),
    run(ports, context, ...IFCONFIG),
  ]);
  if (context.signal.aborted) return item.failed({ code: 'interrupted' }, how);
  const defaults4 = parseDefaultRoutes(wholeText(four) ?? '', 'ipv4');
  const defaults6 = parseDefaultRoutes(wholeText(six) ?? '', 'ipv6');
  const interfaces = parseIfconfig(wholeText(link) ?? '');
  if (defaults4 === null) return item.failed(whyNot(four, 'netstat'), how);
  if (defaults6 === null) return item.failed(whyNot(six, 'netstat'), how);
  if (interfaces === null) return item.failed(whyNot(link, 'ifconfig'), how);
  const kinds = interfaces.map(({ name, flags }) => ({
    name,
    kind: null,
    tunnel: isTunnel({ name, flags }),
  }));
  const asked = addressesToAsk(ports.host.interfaces(), kinds);
  const replies = await Promise.all(
    asked.map((own) => replyFrom(own, outside[familyOf(own.address)], ports, context)),
  );
  // What is scoped is no way for what a program sends without choosing: it comes behind.
  const defaults = [...defaults4, ...defaults6].sort(
    (one, other) => Number(one.scoped) - Number(other.scoped),
  );
  return item.ok(
    {
      replies: replies.filter((reply) => reply !== null),
      defaults: defaults.slice(0, MAX_DEFAULTS).map(({ scoped: _, ...route }) => route),
      interfaces: kinds.slice(0, MAX_INTERFACES),
    },
    how,
  );
}

const NO_WAY = /not in table|Network is unreachable/u;

/**
 * The kernel looks first for a way out of the interface that holds the source (in_selectsrcif(), xnu
 * bsd/netinet/ip_output.c): a VPN that has the default route doesn't take the replies of another interface along. Where
 * both look-ups don't agree, what it comes to isn't told.
 */
async function replyFrom(
  { address, interface: arrivesBy }: NetworkInterfaceAddress,
  outside: string,
  ports: Ports,
  context: ProbeContext,
): Promise<Reply | null> {
  const family = familyOf(address);
  const [scoped, plain] = await Promise.all([
    run(ports, context, ...routeGet(family, arrivesBy, outside)),
    run(ports, context, ...routeGet(family, null, outside)),
  ]);
  const reply = { family, from: address, arrivesBy };
  const [own, any] = [parseRouteGet(wholeText(scoped) ?? ''), parseRouteGet(wholeText(plain) ?? '')];
  if (own?.interface === arrivesBy) return { ...reply, leavesBy: own.interface, via: own.via };
  if (own !== null && own.interface === any?.interface)
    return { ...reply, leavesBy: own.interface, via: own.via };
  const isNowhere = [scoped, plain].every((each) => NO_WAY.test(each?.stderr ?? ''));
  return isNowhere ? { ...reply, leavesBy: null, via: null } : null;
}
