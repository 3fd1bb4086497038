import { z } from 'zod';
import { type Evidence, evidenceSchema, type Vantage, vantageSchema } from './evidence.ts';
import { type Target, targetSchema } from './target.ts';

export const EVIDENCE_SCHEMA_ID = 'reach4/evidence/1';

/** Pieces of evidence in one file: a machine with every probe and several agents makes about a hundred. */
export const MAX_PIECES = 2_000;

/** What one machine saw of a target, to be judged there or elsewhere: no verdicts. */
export const evidenceFileSchema = z.object({
  schema: z.literal(EVIDENCE_SCHEMA_ID),
  /** Version of reach4 that made it. */
  reach4: z.string(),
  madeAt: z.iso.datetime(),
  target: targetSchema,
  /** Where it was collected: what `here` in its ids means. */
  vantage: vantageSchema,
  /** False when it was interrupted: what was learnt so far. */
  complete: z.boolean(),
  /** Addresses, names and texts are stand-ins, the same one for the same thing within this file only. */
  redacted: z.boolean(),
  evidence: z.array(evidenceSchema).max(MAX_PIECES),
});
export type EvidenceFile = z.infer<typeof evidenceFileSchema>;

interface Collected {
  readonly target: Target;
  readonly vantage: Vantage;
  readonly evidence: readonly Evidence[];
}

/** The file of what was gathered, wherever and by whatever it was. */
export function evidenceFile(
  { target, vantage, evidence }: Collected,
  made: { readonly at: Date; readonly by: string; readonly complete: boolean },
): EvidenceFile {
  return {
    schema: EVIDENCE_SCHEMA_ID,
    reach4: made.by,
    madeAt: made.at.toISOString(),
    target,
    vantage,
    complete: made.complete,
    redacted: false,
    evidence: evidence.toSorted((one, other) => one.id.localeCompare(other.id, 'en')),
  };
}
