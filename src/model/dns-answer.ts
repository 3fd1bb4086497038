import { z } from 'zod';
import { addressSchema } from './address.ts';

/**
 * One question for A or AAAA and what came back.
 * `timed-out`, `unreachable` and `malformed` say that nothing usable came back: never read as "no such record".
 */
export const answerSchema = z.object({
  outcome: z.enum([
    'answer',
    /** NOERROR without a record of the type (RFC 2308 NODATA). */
    'no-data',
    'nxdomain',
    'servfail',
    'refused',
    /** NOERROR that only points to other servers: this server isn't responsible (lame, or above the cut). */
    'referral',
    'timed-out',
    'unreachable',
    'malformed',
    /** Any other RCODE. */
    'other',
  ]),
  /** RCODE mnemonic (IANA DNS parameters); null where no answer came. */
  rcode: z.string().nullable(),
  /** Authoritative Answer bit. */
  authoritative: z.boolean(),
  /** Recursion Available bit: set in an "authoritative" answer, something in between answers instead. */
  recursionAvailable: z.boolean(),
  /** The CNAME records passed on the way, in order. TTL in seconds, as the server gave it. */
  chain: z.array(z.object({ name: z.string(), target: z.string(), ttl: z.int().min(0) })),
  addresses: z.array(z.object({ address: addressSchema, ttl: z.int().min(0) })),
  /** SOA of a negative answer: the zone that says no, and for how long caches keep that (seconds, RFC 2308). */
  soa: z.object({ zone: z.string(), negativeTtl: z.int().min(0) }).nullable(),
  /** Milliseconds until the answer. */
  ms: z.number().min(0),
});
export type Answer = z.infer<typeof answerSchema>;

/** An answer that settles what exists: records, NODATA or NXDOMAIN. */
export const isDefinite = (answer: Answer): boolean =>
  answer.outcome === 'answer' || answer.outcome === 'no-data' || answer.outcome === 'nxdomain';

/** The name at the end of the CNAME chain. */
export const canonicalName = (name: string, answer: Answer): string => answer.chain.at(-1)?.target ?? name;
