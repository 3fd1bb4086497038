import { z } from 'zod';
import { addressSchema, familyOf, isPublic, parseAddress } from './address.ts';
import { isHostName } from './target.ts';

/** Seconds; 31 bits, as DNS has them (RFC 2181, 8): what somebody chose comes back as it was. */
const anyTtlSchema = z.int().min(0).max(2_147_483_647);

/** Fully qualified, without the last dot. */
const ownerSchema = z.string().refine(isHostName, { error: 'not a name that can have an address' });

const addressTypeSchema = z.enum(['A', 'AAAA']);
export type AddressType = z.infer<typeof addressTypeSchema>;

interface OfOneType {
  readonly type: AddressType;
  readonly values: readonly string[];
}

const isOfType = ({ type, values }: OfOneType): boolean =>
  values.every((value) => parseAddress(value) !== null && (familyOf(value) === 'ipv4') === (type === 'A'));
const ofType = { error: 'an address is not of the record type' };

/** A set of Route 53 as it was found: all records of one name and type are one there. */
export const recordSetSchema = z
  .object({
    /** Plans and states of relays before there were others don't say it. */
    type: addressTypeSchema.default('A'),
    name: ownerSchema,
    ttl: anyTtlSchema,
    values: z.array(addressSchema).min(1),
  })
  .refine(isOfType, ofType);
export type RecordSet = z.infer<typeof recordSetSchema>;

const valuesSchema = z.array(addressSchema).min(1);

export const plannedSetSchema = z
  .object({
    type: addressTypeSchema,
    name: ownerSchema,
    ttl: anyTtlSchema,
    /** The whole set as it will be: the address that was seen to work first, then those that stay beside it. */
    values: valuesSchema,
    /** The set that is taken over and changed, as it was when it was planned; null where a new one is made. */
    adopt: z.object({ ttl: anyTtlSchema, values: valuesSchema }).nullable(),
    /** Something else, such as a dynamic DNS client, keeps the content: the stack never writes it. */
    leaveContent: z.boolean(),
  })
  .refine(isOfType, ofType)
  .refine(({ values, leaveContent }) => leaveContent || values.every((value) => isPublic(value)), {
    error: 'an address is not a public one',
  });
/** A set that the stack writes. */
export type PlannedSet = z.infer<typeof plannedSetSchema>;

/** A set that is taken over and written: what it holds before, and what then. */
export const takenSetSchema = z.object({
  type: addressTypeSchema,
  name: ownerSchema,
  /** Stays as it is. */
  ttl: anyTtlSchema,
  from: valuesSchema,
  to: valuesSchema,
});
export type TakenSet = z.infer<typeof takenSetSchema>;

/** The order of addresses in a set means nothing. */
export const sameValues = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value) => other.includes(value));
