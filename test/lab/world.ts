import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { DOUBLE_NAT, HOME, LAN_HOSTS, PROVIDER } from './addresses.ts';
import { expectSchema } from './expect.ts';
import { ispSchema } from './schema/isp.ts';
import { routerSchema } from './schema/router.ts';
import { serverSchema } from './schema/server.ts';

/** The name that the diagnosis is asked about in every world. */
export const HOME_NAME = 'home.example.org';

/** Zones that the world's records may be in; both are served by ns1 and ns2. */
export const ZONES = ['example.org', 'example.com'] as const;

/** Stands for the temporary address (RFC 8981) that the server's kernel makes up when the world starts. */
export const TEMPORARY_ADDRESS = '{temporary address}';

/** s; what home routers' DynDNS clients and registrars' forms commonly set. */
const DEFAULT_TTL = 300;

const recordSchema = z
  .strictObject({
    name: z
      .string()
      .default(HOME_NAME)
      .refine((name) => ZONES.some((zone) => name === zone || name.endsWith(`.${zone}`)), {
        error: `not in one of the zones ${ZONES.join(', ')}`,
      }),
    type: z.enum(['A', 'AAAA', 'CNAME', 'TXT', 'HTTPS']),
    /** As in a zone file; a name is absolute and ends with a dot. */
    value: z.string(),
    ttl: z.int().min(0).default(DEFAULT_TTL),
  })
  .refine(({ type, value }) => type !== 'A' || isIPv4(value), {
    error: 'the value of an A is an IPv4 address',
  })
  .refine(({ type, value }) => type !== 'AAAA' || isIPv6(value) || value === TEMPORARY_ADDRESS, {
    error: 'the value of an AAAA is an IPv6 address',
  });
const recordsSchema = z.array(recordSchema);

/** A record as a world's author writes it. */
export type RecordInput = z.input<typeof recordSchema>;
export type DnsRecord = z.infer<typeof recordSchema>;

const dnsSchema = z.strictObject({
  /** What the authoritative servers give. */
  records: recordsSchema.default([]),
  /** What ns2 gives, where it disagrees with ns1. */
  recordsOfNs2: recordsSchema.optional(),
  /** What the authoritative servers gave before, and the resolver still has in its cache. */
  recordsCached: recordsSchema.optional(),
  /** The home asks its router, which gives these for the names in them and forwards all else. */
  recordsAtHome: recordsSchema.optional(),
  /** How ns1 and ns2 behave for the world's zones: `refusing` is lame (REFUSED), `silent` drops every query. */
  authority: z.enum(['answering', 'refusing', 'silent']).default('answering'),
});

const internetSchema = z.strictObject({
  /** What happens to packets for addresses that nobody has: nothing, or an ICMP error (host unreachable). */
  unrouted: z.enum(['silent', 'unreachable']).default('silent'),
  /** Hosts that only some worlds have. */
  hosts: z.array(z.enum(['other', 'proxy'])).default([]),
});

const worldSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/u),
  /** What the world is, in a sentence or two for a person. */
  about: z.string(),
  dns: dnsSchema.prefault({}),
  isp: ispSchema.prefault({}),
  router: routerSchema.prefault({}),
  server: serverSchema.prefault({}),
  internet: internetSchema.prefault({}),
  expect: expectSchema,
});

/** One network in one state of (dis)repair. */
export type World = z.infer<typeof worldSchema>;

/**
 * Checks a world and fills in what it doesn't say: a home whose service works over both families. The A is by default
 * what a DynDNS client sets: the address that the internet sees of the home.
 */
export function defineWorld(input: z.input<typeof worldSchema>): World {
  const world = worldSchema.parse(input);
  if (input.dns?.records !== undefined) return world;
  const records = defineRecords([
    { type: 'A', value: homeIpv4(world) },
    { type: 'AAAA', value: LAN_HOSTS.server[6][0] },
  ]);
  return { ...world, dns: { ...world.dns, records } };
}

/** The public IPv4 address from which the home's packets come, a VPN aside: its own or a shared one. */
export function homeIpv4({ isp }: Pick<World, 'isp'>): string {
  return {
    public: HOME.wan4,
    'map-e': HOME.wan4,
    cgnat: PROVIDER.shared4,
    private: PROVIDER.shared4,
    'ds-lite': PROVIDER.aftr4,
  }[isp.kind];
}

/** Whether it is an address that the internet routes. */
export function isPublicWan(address: string): boolean {
  return ipaddr.parse(address).range() === 'unicast';
}

/** The IPv4 address of the home router's WAN. */
export function routerWan4({ isp }: Pick<World, 'isp'>): string {
  if (isp.doubleNat !== undefined) return DOUBLE_NAT.inner;
  return lineIpv4({ isp });
}

/** What the provider gives over IPv4: to the home router, or to the outer of two. */
export function lineIpv4({ isp }: Pick<World, 'isp'>): string {
  return {
    public: HOME.wan4,
    'map-e': HOME.wan4,
    cgnat: PROVIDER.cgnatWan,
    private: PROVIDER.privateWan,
    'ds-lite': PROVIDER.b4,
  }[isp.kind];
}

/** Checks records and fills in their name and TTL. */
export function defineRecords(records: RecordInput[]): DnsRecord[] {
  return recordsSchema.parse(records);
}
