import { z } from 'zod';
import { addressSchema, familySchema, scopeSchema } from '../address.ts';
import { vantageSchema } from '../evidence.ts';
import { finding } from './finding-of.ts';

const addresses = z.array(addressSchema);
const ttlSeconds = z.int().min(0);

/** What the cause `dns` concludes. */
export const DNS_FINDINGS = [
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
    state: z.enum(['other-service', 'unrecognised', 'flaky', 'dead', 'silent']),
  }),
  finding('no-address-known', {}),

  /** A is the router's own public address: right as a record, whatever lies behind. */
  finding('a-is-wan', { address: addressSchema }),
  /** No A, and rightly: the line has no public address that it could name. */
  finding('a-rightly-missing', { name: z.string() }),
  /** A is the provider's address, shared by many customers. */
  finding('a-is-shared', { address: addressSchema }),
  /** The router has a public address, and A doesn't name it. */
  finding('a-should-be-wan', { wan: addressSchema }),
] as const;
