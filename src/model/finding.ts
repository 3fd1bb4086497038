import { z } from 'zod';
import { addressSchema, familySchema, scopeSchema } from './address.ts';
import { vantageSchema } from './evidence.ts';

const addresses = z.array(addressSchema);
const ttlSeconds = z.int().min(0);

function finding<C extends string, A extends z.ZodRawShape>(code: C, args: A) {
  return z.object({ code: z.literal(code), args: z.object(args) });
}

/** What a cause concludes from evidence: typed data. The sentences for it are in the report. */
export const findingSchema = z.discriminatedUnion('code', [
  finding('not-built', {}),
  finding('target-is-address', { address: addressSchema }),

  finding('a-missing', { name: z.string() }),
  finding('name-does-not-exist', { name: z.string(), zone: z.string() }),
  finding('a-not-public', { address: addressSchema, scope: scopeSchema }),
  /** A is the public address that this line was seen with, or that the user gave. */
  finding('a-is-own', { address: addressSchema }),
  finding('a-not-own', { address: addressSchema, own: addresses }),
  finding('a-answers', { address: addressSchema, vantage: vantageSchema }),
  finding('a-dead', { address: addressSchema, vantage: vantageSchema, tries: z.int(), outcome: z.string() }),
  finding('a-flaky', { address: addressSchema, vantage: vantageSchema, tries: z.int(), connected: z.int() }),
  /** It connects, but nothing tells whether the same service answers. */
  finding('a-unrecognised', { address: addressSchema, vantage: vantageSchema }),
  finding('a-other-service', { address: addressSchema, vantage: vantageSchema }),
  finding('some-a-dead', { dead: addresses, alive: addresses }),
  finding('a-is-proxy', { address: addressSchema, provider: z.string() }),
  finding('cname', { name: z.string(), canonical: z.string(), hops: z.int() }),
  finding('cname-dangling', { name: z.string(), target: z.string() }),

  finding('authorities-disagree', {
    type: z.enum(['A', 'AAAA']),
    answers: z.array(z.object({ server: z.string(), addresses })),
  }),
  finding('authority-silent', { zone: z.string(), servers: z.array(z.string()) }),
  finding('authority-broken', { zone: z.string(), servers: z.array(z.string()), rcode: z.string() }),
  /** What should be the authoritative server's answer came from something in between. */
  finding('authority-intercepted', { servers: z.array(z.string()) }),
  finding('authority-unknown', { name: z.string() }),
  /** The zone's servers stand in the local network: the internet may be told something else. */
  finding('authority-internal', { servers: z.array(z.string()) }),

  finding('resolver-stale', { resolver: z.string(), has: addresses, should: addresses, ttl: ttlSeconds }),
  finding('resolver-stale-negative', { resolver: z.string(), should: addresses, ttl: ttlSeconds }),
  finding('resolver-lies', { resolver: z.string(), has: addresses, should: addresses }),
  finding('resolver-denies', { resolver: z.string(), rcode: z.string(), should: addresses }),
  finding('resolver-fails', { resolver: z.string(), outcome: z.string() }),
  finding('split-horizon', { resolver: z.string(), inside: addresses, outside: addresses }),
  finding('hosts-file', { addresses }),

  finding('aaaa-missing', { name: z.string() }),
  finding('aaaa-not-this-server', { address: addressSchema, stable: addresses }),
  finding('aaaa-temporary', { address: addressSchema, stable: addresses }),

  /** An address that answers as the same service as IPv6 does: what the record should say. */
  finding('address-works', { address: addressSchema, vantage: vantageSchema, family: familySchema }),
  finding('address-not-seen-working', {
    address: addressSchema,
    vantage: vantageSchema,
    state: z.enum(['other-service', 'unrecognised', 'flaky', 'dead']),
  }),
  finding('no-address-known', {}),
]);
export type Finding = z.infer<typeof findingSchema>;
export type FindingCode = Finding['code'];
export type FindingArgs<C extends FindingCode> = Extract<Finding, { code: C }>['args'];
