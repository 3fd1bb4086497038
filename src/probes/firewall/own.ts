import { z } from 'zod';
import { type Family, familyOf, parseAddress, scopeOf } from '../../model/address.ts';
import { parseJson } from '../../model/json.ts';
import type { NetworkInterfaceAddress } from '../../ports/ports.ts';
import { addressNumber, includes, prefixRange } from './ranges.ts';

/** What `ip -j -d addr` prints, as far as it matters here. */
const addressesSchema = z.array(
  z.object({
    ifname: z.string().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
    addr_info: z
      .array(
        z.object({
          local: z.string().optional(),
          prefixlen: z.int().optional(),
          temporary: z.boolean().optional(),
          deprecated: z.boolean().optional(),
        }),
      )
      .default([]),
  }),
);
const routesSchema = z.array(
  z.object({ dst: z.string(), dev: z.string().optional(), metric: z.number().optional() }),
);

interface Held {
  readonly address: string;
  readonly family: Family;
  readonly prefixLength: number;
  readonly interface: string;
  readonly isStable: boolean;
}

/** This machine's part of the networks that it is in. */
export interface Network {
  readonly held: readonly Held[];
  /** Interfaces that only lead into a tunnel or to containers. */
  readonly inner: ReadonlySet<string>;
  readonly bridges: ReadonlySet<string>;
  /** The interface of the best default route. */
  readonly defaults: Readonly<Record<Family, string | null>>;
}

/** Names that VPNs and container networks give their interfaces. */
const INNER =
  /^(?:lo$|docker|br-[\da-f]{12}$|virbr|lxcbr|lxdbr|incusbr|podman|cni|flannel|cali|tun|tap|wg|tailscale|zt|ppp-vpn|nebula|utun)/u;
const TUNNELS: readonly string[] = ['wireguard', 'tun', 'gre', 'ipip', 'sit', 'ip6tnl', 'vti', 'xfrm'];

/** Reads `ip -j -d addr`; where that isn't to be had, what Node knows is used. */
export function networkOf(
  addresses: string | null,
  defaults: Readonly<Record<Family, string | null>>,
  known: readonly NetworkInterfaceAddress[],
): Network {
  const parsed = addressesSchema.safeParse(parseJson(addresses ?? ''));
  const links = parsed.data ?? [];
  const inner = new Set<string>();
  const bridges = new Set<string>();
  const held: Held[] = [];
  const add = (name: string, text: string | undefined, prefixLength: number, isStable: boolean): void => {
    const address = parseAddress(text ?? '');
    if (INNER.test(name)) inner.add(name);
    if (address === null) return;
    held.push({ address, family: familyOf(address), prefixLength, interface: name, isStable });
  };
  for (const { ifname, linkinfo, addr_info: list } of links) {
    if (ifname === undefined) continue;
    if (linkinfo?.info_kind === 'bridge') bridges.add(ifname);
    if (TUNNELS.includes(linkinfo?.info_kind ?? '')) inner.add(ifname);
    for (const { local, prefixlen = 0, temporary, deprecated } of list) {
      add(ifname, local, prefixlen, temporary !== true && deprecated !== true);
    }
  }
  if (held.length === 0) {
    for (const each of known) add(each.interface, each.address, each.prefixLength, true);
  }
  return {
    held,
    inner,
    bridges,
    defaults: { ipv4: defaultOf(defaults.ipv4), ipv6: defaultOf(defaults.ipv6) },
  };
}

/** `ip -j route show default`: without a metric comes first. */
function defaultOf(text: string | null): string | null {
  const routes = routesSchema.safeParse(parseJson(text ?? '')).data ?? [];
  const sorted = routes
    .filter(({ dst }) => dst === 'default')
    .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
  return sorted[0]?.dev ?? null;
}

/** Which addresses a family is judged for. */
const MAX_ADDRESSES = 2;

/** The addresses that a packet from the local network or the internet would be for, the likeliest first. */
export function destinationsOf({ held, inner, defaults }: Network, family: Family): readonly Held[] {
  const usable = held.filter((each) => {
    const scope = scopeOf(each.address);
    return each.family === family && scope !== 'loopback' && scope !== 'link-local';
  });
  const outer = usable.filter((each) => !inner.has(each.interface));
  const scoped = family === 'ipv6' ? globalFirst(outer) : outer;
  const onDefault = scoped.filter((each) => each.interface === defaults[family]);
  const chosen = onDefault.length > 0 ? onDefault : scoped;
  return [...chosen].sort((a, b) => Number(b.isStable) - Number(a.isStable)).slice(0, MAX_ADDRESSES);
}

/** Unique local addresses count only where there are no others: nobody on the internet can send to them. */
function globalFirst(held: readonly Held[]): readonly Held[] {
  const global = held.filter(({ address }) => scopeOf(address) !== 'unique-local');
  return global.length > 0 ? global : held;
}

/** The interface whose network the address is in, the smallest network first. */
export function interfaceTowards({ held }: Network, address: bigint, family: Family): string | null {
  const fitting = held.filter((each) => {
    const own = addressNumber(each.address);
    const range = own === null ? null : prefixRange(own.value, each.prefixLength, family);
    return each.family === family && range !== null && includes([range], address);
  });
  return fitting.sort((a, b) => b.prefixLength - a.prefixLength)[0]?.interface ?? null;
}

export const isOwn = ({ held }: Network, address: bigint, family: Family): boolean =>
  held.some((each) => each.family === family && addressNumber(each.address)?.value === address);
