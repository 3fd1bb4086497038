import { type Family, familyOf, scopeOf } from '../model/address.ts';
import type { Evidence, Reason } from '../model/evidence.ts';
import type { RoutesFacts } from '../model/facts/host.ts';
import { isInnerInterface } from '../model/interface-name.ts';
import { plainText } from '../ports/plain-text.ts';
import type { NetworkInterfaceAddress, Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { macRoutes } from './macos/routes.ts';
import { parseDefaults, parseLinks, parseRoute } from './routes/ip-json.ts';
import { windowsRoutes } from './routes/windows.ts';

/** ms; it reads the kernel's tables, which takes a few. */
const IP_TIMEOUT = 3_500;
/** Own addresses asked about. */
const MAX_ADDRESSES = 4;
/** Interfaces and default routes kept; a host with many containers has hundreds of interfaces. */
const MAX_INTERFACES = 256;
const MAX_DEFAULTS = 32;
/** An address out on the internet in whose direction the kernel is asked. Nothing is sent there. */
export const OUTSIDE: Readonly<Record<Family, string>> = { ipv4: '1.1.1.1', ipv6: '2606:4700:4700::1111' };
/** What `ip` is asked for: the default routes, and which interfaces are tunnels. */
export const IP_ROUTES = {
  ipv4: ['-j', '-4', 'route', 'show', 'default'],
  ipv6: ['-j', '-6', 'route', 'show', 'default'],
  links: ['-j', '-d', 'link'],
} as const;
/** By which way a reply from this address leaves. */
export const ipReply = (family: Family, from: string): string[] => [
  '-j',
  family === 'ipv4' ? '-4' : '-6',
  ...['route', 'get', OUTSIDE[family], 'from', from],
];
/** Characters kept of a complaint. */
const DETAIL_LENGTH = 120;
/** What the kernel says where it has no way to send; anything else leaves the question open. */
const NO_WAY =
  /RTNETLINK answers: (?:Network is unreachable|No route to host|Network is down|Permission denied|Invalid argument)/u;

const HOW = `ip route show default; ip route get ${OUTSIDE.ipv4} from ADDRESS`;

type Reply = RoutesFacts['replies'][number];
type Interface = RoutesFacts['interfaces'][number];

/** By which way this machine's replies leave, as the kernel's own look-up says, routing rules included. */
export async function routes(ports: Ports, context: ProbeContext): Promise<Evidence> {
  if (ports.host.platform === 'win32') return windowsRoutes(ports, context);
  if (ports.host.platform === 'darwin') return macRoutes(OUTSIDE, addressesToAsk, ports, context);
  const item = evidenceOf('routes', 'own', context, ports.clock);
  if (ports.host.platform !== 'linux') return item.skipped({ code: 'not-applicable' });
  const ip = (args: readonly string[]) =>
    ports.exec.run('ip', args, { timeoutMs: IP_TIMEOUT, signal: context.signal });
  const [four, six, link] = await Promise.all([ip(IP_ROUTES.ipv4), ip(IP_ROUTES.ipv6), ip(IP_ROUTES.links)]);
  if (four === null) return item.failed({ code: 'no-tool', detail: 'ip (iproute2)' }, HOW);
  const defaults4 = four.exitCode === 0 ? parseDefaults(four.stdout, 'ipv4') : null;
  const interfaces = link?.exitCode === 0 ? parseLinks(link.stdout) : null;
  if (defaults4 === null || interfaces === null) {
    return item.failed(why(four.exitCode === 0 ? link : four, context.signal), HOW);
  }
  // A kernel without IPv6 answers with an error: it has no default route for it.
  const defaults6 = six?.exitCode === 0 ? (parseDefaults(six.stdout, 'ipv6') ?? []) : [];
  const asked = addressesToAsk(ports.host.interfaces(), interfaces);
  const replies = await Promise.all(
    asked.map(async ({ address, interface: arrivesBy }): Promise<Reply | null> => {
      const family = familyOf(address);
      const result = await ip(ipReply(family, address));
      const reply = { family, from: address, arrivesBy };
      if (result?.exitCode === 0) {
        const route = parseRoute(result.stdout);
        return route === null ? null : { ...reply, leavesBy: route.interface, via: route.via };
      }
      return NO_WAY.test(result?.stderr ?? '') ? { ...reply, leavesBy: null, via: null } : null;
    }),
  );
  return item.ok(
    {
      replies: replies.filter((reply) => reply !== null),
      defaults: [...defaults4, ...defaults6].slice(0, MAX_DEFAULTS),
      interfaces: interfaces.slice(0, MAX_INTERFACES),
    },
    HOW,
  );
}

function why(result: { exitCode: number; stderr: string } | null, signal: AbortSignal): Reason {
  if (signal.aborted) return { code: 'interrupted' };
  if (result?.exitCode === 124) return { code: 'timed-out' };
  const detail = plainText(result?.stderr ?? '', DETAIL_LENGTH);
  return { code: 'unsupported', detail: detail || 'ip printed no JSON' };
}

/** IPv4 first and one IPv6 address, those that the internet comes to before those of tunnels and containers. */
function addressesToAsk(
  own: readonly NetworkInterfaceAddress[],
  interfaces: readonly Interface[],
): NetworkInterfaceAddress[] {
  const tunnels = new Set(interfaces.filter(({ tunnel }) => tunnel).map(({ name }) => name));
  const usable = own.filter(({ address }) => !NEVER.has(scopeOf(address)));
  const direct = usable.filter(({ interface: name }) => !tunnels.has(name));
  // A server that dials in itself (PPPoE) has its address on what looks like a tunnel.
  const ranked = (direct.length > 0 ? direct : usable).toSorted((one, other) => rank(one) - rank(other));
  const six = ranked.filter(({ address }) => familyOf(address) === 'ipv6').slice(0, 1);
  const four = ranked.filter(({ address }) => familyOf(address) === 'ipv4');
  return [...four.slice(0, MAX_ADDRESSES - six.length), ...six];
}

const NEVER: ReadonlySet<string> = new Set(['loopback', 'link-local', 'multicast', 'unspecified']);

const rank = ({ interface: name, address }: NetworkInterfaceAddress): number =>
  (isInnerInterface(name) ? 2 : 0) + (familyOf(address) === 'ipv6' && scopeOf(address) !== 'public' ? 1 : 0);
