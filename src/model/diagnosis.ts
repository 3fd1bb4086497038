import { z } from 'zod';
import { addressSchema } from './address.ts';
import { evidenceSchema, vantageSchema } from './evidence.ts';
import { findingSchema } from './finding.ts';
import { targetSchema } from './target.ts';

/** The reasons why IPv4 fails, outermost layer first: the order of every report. */
export const CAUSE_CODES = [
  'dns',
  'cgnat',
  'isp-block',
  'port-forward',
  'host-firewall',
  'ipv6-only-listener',
  'hairpin',
] as const;
const causeCodeSchema = z.enum(CAUSE_CODES);
export type CauseCode = z.infer<typeof causeCodeSchema>;

/** Three-valued: `unknown` is "not observed", never "fine". */
const triSchema = z.enum(['yes', 'no', 'unknown']);
export type Tri = z.infer<typeof triSchema>;

const nextSchema = z.object({
  code: z.enum([
    'look-from-outside',
    'allow-public-services',
    'give-ipv4',
    'say-where-this-runs',
    'ask-authority',
    'wait-for-caches',
    'repeat',
  ]),
  /** What to type; placeholders in capitals. */
  command: z.string(),
  runOn: z.enum(['server', 'lan', 'outside', 'anywhere']),
});
/** The cheapest observation that would decide. */
export type Next = z.infer<typeof nextSchema>;

const verdictSchema = z.object({
  cause: causeCodeSchema,
  verdict: z.enum(['confirmed', 'suspected', 'ruled-out', 'unknown']),
  because: z.array(findingSchema),
  /** Ids of the evidence that the verdict rests on. */
  evidence: z.array(z.string()),
  next: nextSchema.nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;

const recordChangeSchema = z.object({
  type: z.enum(['A', 'AAAA']),
  from: z.array(addressSchema),
  to: addressSchema,
  /** The evidence that saw `to` answer as the service. */
  seenIn: z.string(),
});

const offered = {
  /** Causes that the remedy cures. */
  cures: z.array(causeCodeSchema),
  /** US dollars a month. */
  monthlyUSD: z.number().min(0),
  /** Protocols that it carries. */
  carries: z.enum(['everything', 'web']),
  /** About how long it takes, minutes. */
  minutes: z.number().positive(),
};

const remedyOfferSchema = z.discriminatedUnion('remedy', [
  z.object({
    remedy: z.literal('a-record'),
    ...offered,
    /** Where the records belong: the name itself, or the end of its CNAME chain. */
    name: z.string(),
    changes: z.array(recordChangeSchema).min(1),
  }),
]);
export type RemedyOffer = z.infer<typeof remedyOfferSchema>;

export const DIAGNOSIS_SCHEMA_ID = 'reach4/diagnosis/1';

export const diagnosisSchema = z.object({
  schema: z.literal(DIAGNOSIS_SCHEMA_ID),
  /** Version of reach4 that made it. */
  reach4: z.string(),
  madeAt: z.iso.datetime(),
  target: targetSchema,
  /** Where this ran. */
  vantage: vantageSchema,
  /** Whether a client on the internet gets the service over the family. */
  reachable: z.object({ ipv4: triSchema, ipv6: triSchema }),
  /** False when it was interrupted: what was learnt so far. */
  complete: z.boolean(),
  verdicts: z.array(verdictSchema).length(CAUSE_CODES.length),
  remedies: z.array(remedyOfferSchema),
  evidence: z.array(evidenceSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
