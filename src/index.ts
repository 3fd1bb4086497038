/** What other programs may rely on: the shape of a diagnosis, as zod, as types, and as JSON Schema. */
export { CAUSE_CODES, type CauseCode } from './model/cause-code.ts';
export {
  type Condition,
  DIAGNOSIS_SCHEMA_ID,
  type Diagnosis,
  diagnosisSchema,
  type Verdict,
} from './model/diagnosis.ts';
export { type Evidence, evidenceSchema } from './model/evidence.ts';
export { type Finding, findingSchema } from './model/finding.ts';
export type { RemedyOffer } from './model/remedy-offer.ts';
export { diagnosisJsonSchema } from './report/schema.ts';
