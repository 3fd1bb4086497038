import { z } from 'zod';
import { type Family, parseAddress } from '../../model/address.ts';
import type { RoutesFacts } from '../../model/facts/host.ts';
import { parseJson } from '../../model/json.ts';

/** Characters of an interface's name: IFNAMSIZ is 16 with the closing zero. */
const name = z.string().min(1).max(15);

const hopSchema = z.object({
  dev: name.optional(),
  gateway: z.string().optional(),
  /** A next hop of the other family (RFC 5549). */
  via: z.object({ host: z.string() }).optional(),
});
type Hop = z.infer<typeof hopSchema>;

/** What `ip -j route` (iproute2 >= 4.17) prints, as far as it matters here. */
const routesSchema = z.array(
  hopSchema.extend({
    /** Left out for unicast; `unreachable`, `blackhole` and `prohibit` lead nowhere. */
    type: z.string().optional(),
    dst: z.string(),
    metric: z.int().optional(),
    /** Several ways at once (ECMP). */
    nexthops: z.array(hopSchema).optional(),
  }),
);

/** What `ip -j -d link` prints. */
const linksSchema = z.array(
  z.object({
    ifname: name.optional(),
    flags: z.array(z.string()).default([]),
    /** The bridge that it is a port of. */
    master: z.string().optional(),
    linkinfo: z
      .object({
        info_kind: z.string().optional(),
        info_data: z.object({ type: z.string().optional() }).optional().catch(undefined),
      })
      .optional(),
  }),
);

/** Kinds of `ip link` that carry packets inside packets to one other end. */
const TUNNEL_KINDS: ReadonlySet<string> = new Set(
  'wireguard tun ppp ipip sit gre gretap ip6tnl ip6gre ip6gretap vti vti6 xfrm amneziawg ovpn'.split(' '),
);
/** Names that VPNs give. */
const TUNNEL_NAME = /^(?:wg|tun|tap|ppp|tailscale|nordlynx|nordtun|proton|utun|zt|mullvad|ipsec)/u;

/** Null where it isn't the JSON expected. */
export function parseDefaults(text: string, family: Family): RoutesFacts['defaults'] | null {
  const parsed = routesSchema.safeParse(json(text));
  return (
    parsed.data?.flatMap(({ type = 'unicast', dst, metric = null, nexthops, ...hop }) => {
      if (type !== 'unicast' || dst !== 'default') return [];
      return (nexthops ?? [hop]).flatMap((each) =>
        each.dev === undefined ? [] : [{ family, interface: each.dev, via: viaOf(each), metric }],
      );
    }) ?? null
  );
}

/** What `ip -j route get` prints before iproute2 5.0: words, whatever is asked for. Nothing in them is translated. */
const ROUTE_IN_WORDS =
  /^(?!unreachable|blackhole|prohibit)\S{1,45} from \S{1,45} (?:via (?:inet6? )?(?<via>\S{1,45}) )?dev (?<dev>\S{1,15}) .*\n/u;

/** The kernel's answer to `ip -j route get`. */
export function parseRoute(text: string): { interface: string; via: string | null } | null {
  const { dev, via } = ROUTE_IN_WORDS.exec(text)?.groups ?? {};
  if (dev !== undefined) return { interface: dev, via: parseAddress(via ?? '') };
  const [route] = routesSchema.safeParse(json(text)).data ?? [];
  return route?.dev === undefined ? null : { interface: route.dev, via: viaOf(route) };
}

/** Null where it isn't the JSON expected. */
export function parseLinks(text: string): RoutesFacts['interfaces'] | null {
  const parsed = linksSchema.safeParse(json(text));
  return (
    parsed.data?.flatMap(({ ifname, flags, master, linkinfo }) => {
      if (ifname === undefined) return [];
      const kind = linkinfo?.info_kind ?? null;
      // What a virtual machine hangs on a bridge is of the kind `tun` too.
      const isPortOfBridge = linkinfo?.info_data?.type === 'tap' && master !== undefined;
      const tunnel =
        flags.includes('POINTOPOINT') ||
        (!isPortOfBridge && (TUNNEL_KINDS.has(kind ?? '') || TUNNEL_NAME.test(ifname)));
      return [{ name: ifname, kind, tunnel }];
    }) ?? null
  );
}

const viaOf = ({ gateway, via }: Hop): string | null => parseAddress(gateway ?? via?.host ?? '');

/** ip prints nothing at all where there is nothing to list. */
function json(text: string): unknown {
  return text.trim() === '' ? [] : parseJson(text);
}
