import { z } from 'zod';
import { familyOf, parseAddress } from './address.ts';
import { ttlSchema, type ZoneRecord, zoneIdSchema, zoneRecordSchema } from './zone-records.ts';

/** Cloudflare's "automatic": the only time to live that a proxied record can have. */
export const AUTOMATIC_TTL = 1;

/** What can lead a name somewhere. */
export const NAME_TYPES = ['A', 'AAAA', 'CNAME'] as const;
const nameTypeSchema = z.enum(NAME_TYPES);

/** A host name as a CNAME may lead to, without the last dot. */
const HOST = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/u;

/** How a record of the name is to be while the stack stands. */
export const wantedRecordSchema = z
  .object({
    type: nameTypeSchema,
    /** Null: left to whatever keeps it, such as a dynamic DNS client; the rest is set all the same. */
    content: z.string().nullable(),
    ttl: ttlSchema,
    proxied: z.boolean(),
    comment: z.string().nullable(),
    tags: z.array(z.string()),
    /** The record that is changed in place; null where a new one is made. */
    recordId: zoneIdSchema.nullable(),
  })
  .refine(({ proxied, ttl }) => !proxied || ttl === AUTOMATIC_TTL, {
    error: 'the time to live of a proxied record is automatic (1)',
  })
  .refine(({ content, recordId }) => content !== null || recordId !== null, {
    error: 'a new record needs a content',
  })
  .refine(isOfType, {
    error: 'the content is not of the record type',
  });
export type WantedRecord = z.infer<typeof wantedRecordSchema>;

function isOfType({ type, content }: { type: 'A' | 'AAAA' | 'CNAME'; content: string | null }): boolean {
  if (content === null) return true;
  if (type === 'CNAME') return HOST.test(content) && parseAddress(content) === null;
  return parseAddress(content) === content && (familyOf(content) === 'ipv4') === (type === 'A');
}

/** What was found at the name when the stack was planned, and what of it comes back when the stack goes. */
const foundAtNameSchema = z.object({
  zoneId: zoneIdSchema,
  /** Fully qualified, without the last dot. */
  name: z.string(),
  /** The A and AAAA records that were there. Each is changed in place or taken out; no other record is touched. */
  previous: z.array(zoneRecordSchema),
  back: z.array(zoneRecordSchema),
});
type FoundAtName = z.infer<typeof foundAtNameSchema>;

/** Every A, AAAA and CNAME record of one name at Cloudflare, as one thing. */
export const nameRecordsSchema = foundAtNameSchema
  .extend({
    /** The types that are the stack's; records of the others stay as they are. */
    types: z
      .array(nameTypeSchema)
      .min(1)
      .default([...NAME_TYPES]),
    records: z.array(wantedRecordSchema).min(1),
  })
  .refine(({ name, previous, back }) => [...previous, ...back].every((record) => record.name === name), {
    error: 'a record is of another name',
  })
  .refine(({ previous, records }) => records.every((wanted) => isInPlace(wanted, previous)), {
    error: 'a record that is changed in place was not found at the name',
  })
  .refine(({ records }) => new Set(idsIn(records)).size === idsIn(records).length, {
    error: 'two records are changed in the same place',
  })
  .refine(({ records }) => records.length === 1 || records.every(({ type }) => type !== 'CNAME'), {
    error: 'a CNAME record stands alone',
  })
  .refine(
    ({ types, records, previous }) =>
      [...records, ...previous].every(({ type }) => types.some((own) => own === type)),
    { error: "a record is of a type that is not the stack's" },
  )
  .refine(hasAaaaBack, { error: 'an AAAA that was there does not come back' })
  .refine(({ previous, back }) => back.every((record) => previous.some(({ id }) => id === record.id)), {
    error: 'a record comes back that was not there',
  });
export type NameRecordsArgs = z.infer<typeof nameRecordsSchema>;

const isInPlace = ({ recordId, type }: WantedRecord, previous: readonly ZoneRecord[]): boolean =>
  recordId === null || previous.some((record) => record.id === recordId && record.type === type);

const idsIn = (records: readonly WantedRecord[]): string[] =>
  records.flatMap(({ recordId }) => recordId ?? []);

function hasAaaaBack({ previous, back }: Pick<FoundAtName, 'previous' | 'back'>): boolean {
  const coming = new Set(back.map(({ id }) => id));
  return previous.every(({ type, id }) => type !== 'AAAA' || coming.has(id));
}

/** What a stack's state holds of it. */
export const heldRecordsSchema = foundAtNameSchema.extend({
  types: z.array(nameTypeSchema).default([...NAME_TYPES]),
  records: z.array(
    z.object({
      type: nameTypeSchema,
      content: z.string().nullish(),
      recordId: zoneIdSchema.nullish(),
    }),
  ),
  /** Ids of the records that the stack has made. */
  made: z.array(z.string()),
  /** True: it waits, and has done nothing yet. */
  hold: z.boolean().nullish(),
});
export type HeldRecords = z.infer<typeof heldRecordsSchema>;
