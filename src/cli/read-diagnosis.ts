import { join, resolve } from 'node:path';
import { type Diagnosis, diagnosisSchema } from '../model/diagnosis.ts';
import { UserError } from '../model/error.ts';
import type { Files } from '../ports/ports.ts';
import { DIAGNOSIS_FILE } from './places.ts';
import { readUserFile } from './read-file.ts';

/**
 * The diagnosis that a file holds; without one, the last of the folder.
 * @throws UserError
 */
export async function readDiagnosis(given: string | null, folder: string, files: Files): Promise<Diagnosis> {
  const path = given === null ? join(folder, DIAGNOSIS_FILE) : resolve(folder, given);
  const text = await readUserFile(path, files, "a diagnosis of reach4's");
  if (text === null) {
    throw new UserError(
      given === null
        ? `There is no diagnosis in ${folder}; expected \`reach4 diagnose TARGET\` to be run here first, or --diagnosis FILE.`
        : `${path} does not exist; expected a diagnosis, as \`reach4 diagnose --json\` prints it.`,
    );
  }
  try {
    return diagnosisSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${path} is no diagnosis that this version can read; make it anew with \`reach4 diagnose TARGET\`.`,
    );
  }
}
