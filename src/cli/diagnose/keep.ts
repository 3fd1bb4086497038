import { join } from 'node:path';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { Ports } from '../../ports/ports.ts';
import { printableJson } from '../../report/printable.ts';
import { writeError } from '../file-error.ts';
import type { Io } from '../io.ts';
import { DIAGNOSIS_FILE, PROJECT_FOLDER } from '../places.ts';

/** Keeps the last diagnosis for `explain` and `plan`. A folder that can't be written is told, and no reason to fail. */
export async function keep(diagnosis: Diagnosis, ports: Ports, io: Io): Promise<void> {
  const ignore = join(PROJECT_FOLDER, '.gitignore');
  try {
    if (!(await ports.files.exists(ignore))) await ports.files.write(ignore, '*\n');
    await ports.files.write(DIAGNOSIS_FILE, printableJson(diagnosis));
  } catch (error) {
    const why = writeError(error) ?? (error instanceof Error ? error.message : String(error));
    io.err(
      `reach4: the diagnosis could not be kept in ${DIAGNOSIS_FILE} (${why}); \`reach4 explain\` and \`reach4 plan\` need it.\n`,
    );
  }
}
