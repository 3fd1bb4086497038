import { z } from 'zod';
import { diagnosisSchema } from '../model/diagnosis.ts';

/** JSON Schema (2020-12) of what `reach4 diagnose --json` prints. Checks that JSON Schema can't say are left out. */
export function diagnosisJsonSchema(): object {
  return {
    $id: 'reach4/diagnosis/1',
    title: 'reach4 diagnosis',
    ...z.toJSONSchema(diagnosisSchema, { io: 'output' }),
  };
}
