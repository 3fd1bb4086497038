import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where settings of this user are kept (XDG Base Directory Specification, which has relative paths ignored). */
export function configFolder(): string {
  const config = process.env.XDG_CONFIG_HOME ?? '';
  return join(isAbsolute(config) ? config : join(homedir(), '.config'), 'reach4');
}

/** Folder inside the project for what reach4 keeps: the last diagnosis, the stacks' state. */
export const PROJECT_FOLDER = '.reach4';

/** The last diagnosis, from the project's folder. */
export const DIAGNOSIS_FILE = join(PROJECT_FOLDER, 'diagnosis.json');
