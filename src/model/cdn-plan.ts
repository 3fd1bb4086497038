import { z } from 'zod';
import { addressSchema, familyOf, isPublic } from './address.ts';
import { comingBack } from './coming-back.ts';
import { isWithin } from './dns-name.ts';
import { identitySchema } from './identity.ts';
import { lostPortSchema } from './lost-port.ts';
import { hostNameSchema } from './relay.ts';
import { targetSchema } from './target.ts';
import { zoneIdSchema } from './zone-records.ts';

/** CloudFront's managed policy for it (developer guide, "Use managed cache policies"). */
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** An A or AAAA record set of Route 53 as it was found. */
export const hostedSetSchema = z
  .object({
    type: z.enum(['A', 'AAAA']),
    /** Seconds; 31 bits, as DNS has them (RFC 2181, 8). */
    ttl: z.int().min(0).max(2_147_483_647),
    values: z.array(addressSchema).min(1),
  })
  .refine(({ type, values }) => values.every((value) => (familyOf(value) === 'ipv4') === (type === 'A')), {
    error: 'the addresses are not of the record type',
  });
export type HostedSet = z.infer<typeof hostedSetSchema>;

const originAddress = addressSchema.refine((address) => familyOf(address) === 'ipv6' && isPublic(address), {
  error: 'the address is not a public IPv6 address',
});

export const cdnPlanSchema = z
  .object({
    schema: z.literal('reach4/plan/1'),
    remedy: z.literal('cdn'),
    /** Where the records are written. */
    provider: z.literal('route53'),
    target: targetSchema,
    /**
     * Marks everything that belongs to the stack at AWS, 12 hexadecimal digits: the value of the tag `reach4:stack`, and
     * in the comment of the distribution. Stays the same when planned again.
     */
    id: z.string().regex(/^[0-9a-f]{12}$/u),
    zone: z.object({ id: zoneIdSchema, name: hostNameSchema }),
    /** The name that visitors use. */
    name: hostNameSchema,
    /** Which visitors come by CloudFront: IPv4's by A, IPv6's by AAAA. */
    types: z
      .array(z.enum(['A', 'AAAA']))
      .min(1)
      .refine((types) => types.includes('A'), { error: 'IPv4 visitors have to come by it' }),
    origin: z.object({
      /** Has an AAAA record and no other address. */
      name: hostNameSchema,
      /** What the stack writes there; null where something else keeps it, such as a dynamic DNS client. */
      addresses: z.array(originAddress).min(1).nullable(),
    }),
    /** IPv6 addresses at which the service was seen to answer: the stack leads CloudFront to no other. */
    proven: z.array(originAddress),
    /** How CloudFront speaks to the server: as the visitor does, or always in one way. */
    protocol: z.enum(['match-viewer', 'https-only', 'http-only']),
    /** What was there before. */
    previous: z.array(hostedSetSchema),
    /** False: the A records that were there before don't come back. An AAAA always does. */
    restore: z.boolean(),
    /** What else answered under the name, and was agreed to be lost. */
    lost: z.array(lostPortSchema),
    /** Who answers over IPv6. */
    identity: identitySchema.nullable(),
    /** US dollars a month, as long as the traffic stays within what is included. */
    monthlyUSD: z.literal(0),
    /** Gigabytes a month that are included, and US dollars for each one beyond. */
    traffic: z.object({ includedGB: z.number().min(0), perGBUSD: z.number().min(0) }),
  })
  .refine(({ name, target }) => target.hostKind === 'name' && target.host === name, {
    error: 'the records are of another name than the target',
  })
  .refine(({ name, origin }) => name !== origin.name, { error: 'the origin would lead back to itself' })
  .refine(
    ({ name, origin, zone }) =>
      isWithin(name, zone.name) && (origin.addresses === null || isWithin(origin.name, zone.name)),
    { error: 'a name that is written is not in the zone' },
  )
  .refine(
    ({ origin, proven }) =>
      origin.addresses === null || origin.addresses.every((each) => proven.includes(each)),
    { error: 'an address was not seen to answer as the service' },
  )
  .refine(({ types, previous }) => !types.includes('AAAA') || previous.some(({ type }) => type === 'AAAA'), {
    error: 'an AAAA record that is replaced must be known, to come back',
  });
/** CloudFront in front of the server, which it reaches over IPv6. */
export type CdnPlan = z.infer<typeof cdnPlanSchema>;

/** The previous sets that come back when the stack goes, of the types that it takes. */
export const setsComingBack = (plan: Pick<CdnPlan, 'previous' | 'restore' | 'types'>): HostedSet[] =>
  comingBack(plan).filter(({ type }) => plan.types.includes(type));
