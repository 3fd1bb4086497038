import { z } from 'zod';
import { addressSchema, familyOf, isPublic } from './address.ts';
import { comingBack } from './coming-back.ts';
import { isWithin } from './dns-name.ts';
import { identitySchema } from './identity.ts';
import { lostPortSchema } from './lost-port.ts';
import { nameRecordsSchema, wantedRecordSchema } from './name-records.ts';
import { hostNameSchema } from './relay.ts';
import { targetSchema } from './target.ts';
import { zoneIdSchema, zoneRecordSchema } from './zone-records.ts';

/** The AAAA records of a name at Cloudflare, proxied; whatever A records it had are out of the zone meanwhile. */
export const edgeProxyPlanSchema = z
  .object({
    schema: z.literal('reach4/plan/1'),
    remedy: z.literal('edge-proxy'),
    provider: z.literal('cloudflare'),
    target: targetSchema,
    zone: z.object({ id: zoneIdSchema, name: hostNameSchema }),
    /** Whose records these are, all of them: the target's host. */
    name: hostNameSchema,
    records: z.array(
      wantedRecordSchema.refine(({ type, proxied }) => type === 'AAAA' && proxied, {
        error: 'only a proxied AAAA belongs here',
      }),
    ),
    /** IPv6 addresses at which the service was seen to answer: nothing else may be behind the proxy. */
    proven: z.array(
      addressSchema.refine((address) => familyOf(address) === 'ipv6' && isPublic(address), {
        error: 'not a public IPv6 address',
      }),
    ),
    /** The A and AAAA records that were there before. They come back when the stack goes, as far as `restore` says so. */
    previous: z.array(zoneRecordSchema),
    /** False: the A records that were there before don't come back. An AAAA always does. */
    restore: z.boolean(),
    /** What else answered under the name, and was agreed to be lost. */
    lost: z.array(lostPortSchema),
    /** Who answered over IPv6: what `verify` expects behind the proxy. Null where nothing answered that could be recognised. */
    identity: identitySchema.nullable(),
    /** US dollars a month. */
    monthlyUSD: z.literal(0),
  })
  .refine(({ name, target }) => target.hostKind === 'name' && target.host === name, {
    error: 'the records are of another name than the target',
  })
  .refine(({ name, zone }) => isWithin(name, zone.name), {
    error: 'the name is not in the zone',
  })
  .refine((plan) => plan.records.length > 0, { error: 'the name would be left without its AAAA' })
  .superRefine((plan, context) => {
    for (const { message } of nameRecordsSchema.safeParse(nameRecordsOf(plan)).error?.issues ?? []) {
      context.addIssue({ code: 'custom', message });
    }
  })
  .refine(
    ({ records, proven }) => records.every(({ content }) => content === null || proven.includes(content)),
    { error: 'an address was not seen to answer as the service' },
  );
export type EdgeProxyPlan = z.infer<typeof edgeProxyPlanSchema>;

/** What becomes of the name's records. */
export const nameRecordsOf = ({
  zone,
  name,
  records,
  previous,
  restore,
}: Pick<EdgeProxyPlan, 'zone' | 'name' | 'records' | 'previous' | 'restore'>) => ({
  zoneId: zone.id,
  name,
  records,
  previous,
  back: comingBack({ previous, restore }),
});
