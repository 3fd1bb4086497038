import { z } from 'zod';
import { identitySchema } from './identity.ts';
import { recordSetSchema } from './record-set.ts';
import { hostNameSchema, relaySettingsSchema } from './relay.ts';
import { targetSchema } from './target.ts';
import { setAsideSchema, ttlSchema, zoneIdSchema, zoneRecordSchema } from './zone-records.ts';

/** Names of AWS's as they appear in API calls: nothing that could leave its place there. */
const awsWord = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/u);

const lightsailSchema = z.object({
  kind: z.literal('lightsail'),
  /** `eu-central-1` */
  region: awsWord,
  /** `eu-central-1a` */
  availabilityZone: awsWord,
  /** The size, as `GetBundles` names it: `nano_3_0`. */
  bundleId: awsWord,
  /** The image, as `GetBlueprints` names it: `debian_12`. */
  blueprintId: awsWord,
});

const ec2Schema = z.object({
  kind: z.literal('ec2'),
  region: awsWord,
  /** `t4g.nano` */
  instanceType: awsWord,
  /** Of the instance type; decides which image fits. */
  architecture: z.enum(['arm64', 'amd64']),
});

/** Where the relay runs. */
const relayHostSchema = z.discriminatedUnion('kind', [lightsailSchema, ec2Schema]);
export type RelayHost = z.infer<typeof relayHostSchema>;

/** An A record whose content is the relay's address, which is known only once there is one. */
const relayRecord = { name: hostNameSchema, ttl: ttlSchema };

const zone = z.object({ id: zoneIdSchema, name: hostNameSchema });

/** Where the A records are written, and what was there before. */
export const relayDnsSchema = z.discriminatedUnion('provider', [
  z.object({
    provider: z.literal('cloudflare'),
    zone,
    records: z
      .array(
        z.object({
          ...relayRecord,
          comment: z.string().nullable(),
          tags: z.array(z.string()),
          /** The record that is taken over and changed; null where a new one is made. */
          adopt: z.object({ recordId: zoneIdSchema }).nullable(),
        }),
      )
      .min(1),
    /** Other A records of the names, taken out of the zone while the stack stands. */
    setAside: z.array(setAsideSchema),
    /** What was there before: comes back when the stack goes, where `restore` says so. */
    previous: z.array(zoneRecordSchema),
    restore: z.boolean(),
  }),
  z.object({
    provider: z.literal('route53'),
    zone,
    records: z.array(z.object({ ...relayRecord, adopt: z.boolean() })).min(1),
    previous: z.array(recordSetSchema),
    restore: z.boolean(),
  }),
  /** Somebody writes the records by hand; teardown looks whether they are gone. None where the target is an address. */
  z.object({ provider: z.literal('manual'), records: z.array(z.object(relayRecord)) }),
]);
export type RelayDns = z.infer<typeof relayDnsSchema>;

export const relayPlanSchema = z.object({
  schema: z.literal('reach4/plan/1'),
  remedy: z.literal('relay'),
  target: targetSchema,
  /**
   * Marks everything that belongs to the stack in the cloud, 12 hexadecimal digits: the value of the tag `reach4:stack`,
   * and `reach4-ID-` begins the name of what can't have tags. Stays the same when planned again.
   */
  id: z.string().regex(/^[0-9a-f]{12}$/u),
  host: relayHostSchema,
  settings: relaySettingsSchema,
  dns: relayDnsSchema,
  /** An agent that looks from outside whether a new host forwards, where the machine that runs `up` can't; its URL. */
  outside: z.url({ protocol: /^https?$/u }).nullable(),
  /** Who answers over IPv6: what a new host must show before the address moves, and what `verify` expects. */
  identity: identitySchema.nullable(),
  /** US dollars a month. */
  monthlyUSD: z.number().positive(),
  /** Gigabytes a month that the price includes, and US dollars for each one beyond. */
  traffic: z.object({ includedGB: z.number().min(0), perGBUSD: z.number().min(0) }),
});
/** A host with a public IPv4 that forwards to the server's IPv6. */
export type RelayPlan = z.infer<typeof relayPlanSchema>;
