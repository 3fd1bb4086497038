import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { HOME, LAN_HOSTS } from './addresses.ts';

/** The name that the diagnosis is asked about in every world. */
export const HOME_NAME = 'home.example.org';

/** Zones that the world's records may be in; both are served by ns1 and ns2. */
export const ZONES = ['example.org', 'example.com'] as const;

/** Stands for the temporary address (RFC 8981) that the server's kernel makes up when the world starts. */
export const TEMPORARY_ADDRESS = '{temporary address}';

/** s; what home routers' DynDNS clients and registrars' forms commonly set. */
const DEFAULT_TTL = 300;

const port = z.int().min(1).max(65_535);

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
  records: recordsSchema.prefault([
    { type: 'A', value: HOME.wan4 },
    { type: 'AAAA', value: LAN_HOSTS.server[6][0] },
  ]),
  /** What ns2 gives, where it disagrees with ns1. */
  recordsOfNs2: recordsSchema.optional(),
  /** What the authoritative servers gave before, and the resolver still has in its cache. */
  recordsCached: recordsSchema.optional(),
  /** The home asks its router, which gives these for the names in them and forwards all else. */
  recordsAtHome: recordsSchema.optional(),
  /** How ns1 and ns2 behave for the world's zones: `refusing` is lame (REFUSED), `silent` drops every query. */
  authority: z.enum(['answering', 'refusing', 'silent']).default('answering'),
});

const routerSchema = z.strictObject({
  /** Ports of the WAN's IPv4 address that lead to the server. */
  forwards: z
    .array(z.strictObject({ port, toPort: port.optional(), protocol: z.enum(['tcp', 'udp']).default('tcp') }))
    .prefault([{ port: 443 }, { port: 80 }]),
  /**
   * What a LAN host gets at the WAN's IPv4 address: the forwarded service (`on`), nothing (`off`), or the router's
   * own web page (`router-page`), the usual source of a wrong diagnosis.
   */
  hairpin: z.enum(['on', 'off', 'router-page']).default('on'),
  /** What a port of the WAN's IPv4 address that isn't forwarded answers: nothing, a TCP reset or an ICMP error. */
  unforwarded: z.enum(['drop', 'reset', 'icmp']).default('drop'),
});

const serviceSchema = z.strictObject({
  kind: z.enum(['https', 'http', 'ssh']),
  port,
  /** `both` listens on `::` for both families. */
  families: z.enum(['both', '4', '6']).default('both'),
});

const serverSchema = z.strictObject({
  services: z.array(serviceSchema).prefault([
    { kind: 'https', port: 443 },
    { kind: 'http', port: 80 },
  ]),
  /** The server also has a temporary IPv6 address, which it prefers for what it sends. */
  temporaryAddress: z.boolean().default(false),
});

const internetSchema = z.strictObject({
  /** What happens to packets for addresses that nobody has: nothing, or an ICMP error (host unreachable). */
  unrouted: z.enum(['silent', 'unreachable']).default('silent'),
  /** Hosts that only some worlds have. */
  hosts: z.array(z.enum(['other', 'proxy'])).default([]),
});

const expectationSchema = z.strictObject({
  /** The verdict on the cause `dns`. */
  dns: z.enum(['confirmed', 'suspected', 'ruled-out', 'unknown']),
  /** Whether the service answers under its name over this family, seen from the internet. */
  ipv4: z.enum(['yes', 'no', 'unknown']),
  ipv6: z.enum(['yes', 'no', 'unknown']),
  /** Of the process: 0 IPv4 works, 1 it doesn't and a cause is confirmed or suspected, 3 otherwise. */
  exit: z.union([z.literal(0), z.literal(1), z.literal(3)]),
});

const worldSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/u),
  /** What the world is, in a sentence or two for a person. */
  about: z.string(),
  dns: dnsSchema.prefault({}),
  router: routerSchema.prefault({}),
  server: serverSchema.prefault({}),
  internet: internetSchema.prefault({}),
  expect: z.strictObject({
    /** Seen from the server alone. */
    alone: expectationSchema,
    /** Seen from the server and by an agent outside. */
    withAgent: expectationSchema,
  }),
});

/** One network in one state of (dis)repair. */
export type World = z.infer<typeof worldSchema>;

/** Checks a world and fills in what it doesn't say: a home whose service works over both families. */
export function defineWorld(world: z.input<typeof worldSchema>): World {
  return worldSchema.parse(world);
}

/** Checks records and fills in their name and TTL. */
export function defineRecords(records: RecordInput[]): DnsRecord[] {
  return recordsSchema.parse(records);
}
