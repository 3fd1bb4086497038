import { z } from 'zod';
import { addressSchema } from './address.ts';
import { cdnPlanSchema } from './cdn-plan.ts';
import { edgeProxyPlanSchema } from './edge-proxy-plan.ts';
import { identitySchema } from './identity.ts';
import { foreignRecord } from './plan-names.ts';
import { plannedSetSchema, recordSetSchema } from './record-set.ts';
import { relayPlanSchema } from './relay-plan.ts';
import { targetSchema } from './target.ts';
import { tunnelPlanSchema } from './tunnel-plan.ts';
import { plannedRecordSchema, setAsideSchema, zoneIdSchema, zoneRecordSchema } from './zone-records.ts';

export const PLAN_SCHEMA_ID = 'reach4/plan/1';

/** The key of a plan in a stack's configuration: project name, colon, name (Pulumi's form). */
export const PLAN_CONFIG = { project: 'reach4', name: 'plan', key: 'reach4:plan' } as const;

/** Whatever the provider. */
const recordsInOneZone = {
  schema: z.literal(PLAN_SCHEMA_ID),
  remedy: z.literal('a-record'),
  target: targetSchema,
  zone: z.object({ id: zoneIdSchema, name: z.string() }),
  /** Addresses that were seen to answer as the service: no other is written. Plans of earlier versions don't say it. */
  proven: z.array(addressSchema).default([]),
  /** False: the A records that were there before don't come back. An AAAA always does. */
  restore: z.boolean(),
  /** Who answers over IPv6: what `verify` expects over IPv4. Null where nothing answered there that could be recognised. */
  identity: identitySchema.nullable(),
  /** US dollars a month. */
  monthlyUSD: z.literal(0),
};

export const recordsAtCloudflareSchema = z.object({
  ...recordsInOneZone,
  provider: z.literal('cloudflare'),
  records: z.array(plannedRecordSchema),
  /** Records taken out of the zone while the stack stands: dead ones beside one that works. */
  setAside: z.array(setAsideSchema),
  /** What was there before: comes back when the stack goes, as far as `restore` says so. */
  previous: z.array(zoneRecordSchema),
});
export type RecordsAtCloudflare = z.infer<typeof recordsAtCloudflareSchema>;

export const recordsAtRoute53Schema = z.object({
  ...recordsInOneZone,
  provider: z.literal('route53'),
  records: z.array(plannedSetSchema),
  /** The sets that were there before: they come back when the stack goes, as far as `restore` says so. */
  previous: z.array(recordSetSchema),
});
export type RecordsAtRoute53 = z.infer<typeof recordsAtRoute53Schema>;

/** Records that are made or corrected, and nothing else. */
const aRecordPlanSchema = z.discriminatedUnion('provider', [
  recordsAtCloudflareSchema,
  recordsAtRoute53Schema,
]);
export type ARecordPlan = z.infer<typeof aRecordPlanSchema>;

/** What one stack does: exactly what is written to its configuration. Reviewable; never holds a secret. */
const anyPlanSchema = z.discriminatedUnion('remedy', [
  aRecordPlanSchema,
  edgeProxyPlanSchema,
  tunnelPlanSchema,
  relayPlanSchema,
  cdnPlanSchema,
]);
export type Plan = z.infer<typeof anyPlanSchema>;

/** A stack's plan where it is of one remedy: null where it is of another, or there is none. */
export const planOf = <Remedy extends Plan['remedy']>(
  remedy: Remedy,
  plan: Plan | null,
): Extract<Plan, { remedy: Remedy }> | null => (plan !== null && isOf(remedy, plan) ? plan : null);

const isOf = <Remedy extends Plan['remedy']>(
  remedy: Remedy,
  plan: Plan,
): plan is Extract<Plan, { remedy: Remedy }> => plan.remedy === remedy;

/** The same, and no record in it is of another name than those that the plan is for. */
export const planSchema = anyPlanSchema.superRefine((plan, context) => {
  const wrong = foreignRecord(plan);
  if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
});
