import { z } from 'zod';
import { addressSchema, familyOf, isPublic, parseAddress } from './address.ts';

/** Ids become parts of API paths: nothing that could leave its place there. Cloudflare's own are 32 hex digits. */
export const zoneIdSchema = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/u);

/** Time to live in seconds; 1 is Cloudflare's "automatic" (300 s; the only one for a proxied record). */
export const ttlSchema = z.int().min(1).max(86_400);

/** Seconds that Cloudflare's "automatic", written as 1, stands for (Cloudflare's docs, "Time to Live"). */
const AUTOMATIC_SECONDS = 300;

/** How long a cache may keep a record. */
export const ttlSeconds = (ttl: number): number => (ttl === 1 ? AUTOMATIC_SECONDS : ttl);

/** One address record as it was found in the zone, with all that Cloudflare forgets when it is written anew. */
export const zoneRecordSchema = z.object({
  id: zoneIdSchema,
  type: z.enum(['A', 'AAAA']),
  /** Fully qualified, without the last dot. */
  name: z.string(),
  content: addressSchema,
  ttl: ttlSchema,
  proxied: z.boolean(),
  comment: z.string().nullable(),
  tags: z.array(z.string()),
  settings: z.record(z.string(), z.union([z.boolean(), z.string(), z.number(), z.null()])),
});
export type ZoneRecord = z.infer<typeof zoneRecordSchema>;

/** An address record as the zone holds it now. */
export interface FoundRecord extends ZoneRecord {
  /** When its content, TTL or proxying last changed, ISO 8601; null where the API doesn't say. */
  readonly modifiedOn: string | null;
}

/** What has to come back of a record that is there now: all but when it was written. */
export const asPrevious = ({ modifiedOn: _, ...record }: FoundRecord): ZoneRecord => record;

/** A zone at the DNS provider. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  /** `active` once the zone's name servers are the provider's. */
  readonly status: string;
}

/** What a zone holds for one name. */
export interface NameInZone {
  readonly zone: Zone;
  readonly addresses: readonly FoundRecord[];
  /** The target of a CNAME record of the name. */
  readonly cname: string | null;
  /** Where NS records hand the name over to other servers: the name itself, or one between it and the zone. */
  readonly delegatedAt: string | null;
}

export const plannedRecordSchema = z
  .object({
    type: z.enum(['A', 'AAAA']),
    /** Fully qualified, without the last dot. */
    name: z.string(),
    content: addressSchema,
    ttl: ttlSchema,
    proxied: z.boolean(),
    comment: z.string().nullable(),
    tags: z.array(z.string()),
    /** The record that is taken over and changed, and what it held when it was planned; null where a new one is made. */
    adopt: z.object({ recordId: zoneIdSchema, content: addressSchema.optional() }).nullable(),
    /** Something else, such as a dynamic DNS client, keeps the content: the stack never writes it. */
    leaveContent: z.boolean(),
  })
  .refine(
    ({ type, content }) =>
      parseAddress(content) !== null && (familyOf(content) === 'ipv4') === (type === 'A'),
    {
      error: 'the address is not of the record type',
    },
  )
  .refine(
    ({ content, leaveContent }) => leaveContent || (parseAddress(content) !== null && isPublic(content)),
    {
      error: 'the address is not a public one',
    },
  );
/** A record that the stack writes. */
export type PlannedRecord = z.infer<typeof plannedRecordSchema>;

export const setAsideSchema = z.object({
  recordId: zoneIdSchema,
  type: z.enum(['A', 'AAAA']),
  name: z.string(),
  content: addressSchema,
});
export type SetAside = z.infer<typeof setAsideSchema>;

/** A record that is taken over and written: what it holds before, and what then. */
export interface TakenRecord {
  readonly recordId: string;
  readonly type: 'A' | 'AAAA';
  readonly name: string;
  /** Null where its content is not the stack's business. */
  readonly from: string | null;
  readonly to: string;
}
