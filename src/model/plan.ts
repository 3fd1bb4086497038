import { z } from 'zod';
import { addressSchema, familyOf, isPublic, parseAddress } from './address.ts';
import { identitySchema } from './identity.ts';
import { targetSchema } from './target.ts';

export const PLAN_SCHEMA_ID = 'reach4/plan/1';

/** The key of a plan in a stack's configuration: project name, colon, name (Pulumi's form). */
export const PLAN_CONFIG = { project: 'reach4', name: 'plan', key: 'reach4:plan' } as const;

/** Ids become parts of API paths: nothing that could leave its place there. Cloudflare's own are 32 hex digits. */
const id = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/u);

/** Time to live in seconds; 1 is Cloudflare's "automatic" (300 s; the only one for a proxied record). */
const ttl = z.int().min(1).max(86_400);

/** One address record as it was found in the zone, with all that Cloudflare forgets when it is written anew. */
export const zoneRecordSchema = z.object({
  id,
  type: z.enum(['A', 'AAAA']),
  /** Fully qualified, without the last dot. */
  name: z.string(),
  content: addressSchema,
  ttl,
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

const plannedRecordSchema = z
  .object({
    type: z.enum(['A', 'AAAA']),
    /** Fully qualified, without the last dot. */
    name: z.string(),
    content: addressSchema,
    ttl,
    proxied: z.boolean(),
    comment: z.string().nullable(),
    tags: z.array(z.string()),
    /** The record that is taken over and changed; null where a new one is made. */
    adopt: z.object({ recordId: id }).nullable(),
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

const setAsideSchema = z.object({
  recordId: id,
  type: z.enum(['A', 'AAAA']),
  name: z.string(),
  content: addressSchema,
});
export type SetAside = z.infer<typeof setAsideSchema>;

/** What one stack does: exactly what is written to its configuration. Reviewable; never holds a secret. */
export const planSchema = z.object({
  schema: z.literal(PLAN_SCHEMA_ID),
  remedy: z.literal('a-record'),
  provider: z.literal('cloudflare'),
  target: targetSchema,
  zone: z.object({ id, name: z.string() }),
  records: z.array(plannedRecordSchema),
  /** Records taken out of the zone while the stack stands: dead ones beside one that works. */
  setAside: z.array(setAsideSchema),
  /** What was there before: comes back when the stack goes, as far as `restore` says so. */
  previous: z.array(zoneRecordSchema),
  /** False: the A records that were there before don't come back. An AAAA always does. */
  restore: z.boolean(),
  /** Who answers over IPv6: what `verify` expects over IPv4. Null where nothing answered there that could be recognised. */
  identity: identitySchema.nullable(),
  /** US dollars a month. */
  monthlyUSD: z.literal(0),
});
export type Plan = z.infer<typeof planSchema>;

/** The previous records that come back when the stack goes: an AAAA always, so that the name is never left without. */
export const comingBack = (plan: Pick<Plan, 'previous' | 'restore'>): ZoneRecord[] =>
  plan.previous.filter(({ type }) => plan.restore || type === 'AAAA');
