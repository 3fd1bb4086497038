import { z } from 'zod';
import { CAUSE_CODES, causeCodeSchema } from './cause-code.ts';
import { evidenceSchema, vantageSchema } from './evidence.ts';
import { findingSchema } from './finding.ts';
import { noteSchema } from './note.ts';
import { REMEDY_CODES, remedyOfferSchema } from './remedy-offer.ts';
import { targetSchema } from './target.ts';

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
    'run-on-server',
    'run-as-root',
    'install-tool',
    'read-wan-address',
    'read-forward',
    'read-router-firewall',
    'read-box-in-front',
    'probe-mapping',
    'fix-first',
    'try-from-lan',
  ]),
  /** What to type; placeholders in capitals. */
  command: z.string(),
  runOn: z.enum(['server', 'lan', 'outside', 'anywhere']),
  /** What to read on the router's page first, to fill in the command's placeholder. */
  read: z.enum(['wan-address', 'forward', 'firewall', 'box-in-front']).nullable(),
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

/** What is not one of the causes, but must not be taken for one. */
const conditionSchema = z.object({
  condition: z.enum(['service-down', 'ipv6-broken', 'flaky-path', 'replies-elsewhere', 'healthy']),
  verdict: z.enum(['confirmed', 'suspected']),
  because: z.array(findingSchema),
  evidence: z.array(z.string()),
  next: nextSchema.nullable(),
});
export type Condition = z.infer<typeof conditionSchema>;
export type ConditionCode = Condition['condition'];

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
  conditions: z.array(conditionSchema),
  remedies: z.array(remedyOfferSchema),
  /** The remedies that have to be done together, in this order, where one alone cures nothing; else empty. */
  combination: z.array(z.enum(REMEDY_CODES)),
  /** What is said of the evidence itself; absent in what earlier versions made. */
  notes: z.array(noteSchema).default([]),
  /** What was judged: evidence that newer evidence replaced is left out, and a note says so. */
  evidence: z.array(evidenceSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
