import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import type { Files } from '../../ports/ports.ts';
import { PROJECT_FOLDER } from '../places.ts';
import { readUserFile } from '../read-file.ts';

const settingsSchema = z.object({
  /** Where Pulumi keeps the stacks' state; null for the folder beside this file. */
  backend: z.string().nullable(),
  passphraseFile: z.string().nullable(),
  /** The stack that was planned last. */
  stack: z.string(),
});
/** What reach4 remembers of a project, none of it secret. */
export type Settings = z.infer<typeof settingsSchema>;

const FILE = join(PROJECT_FOLDER, 'stack.json');

/** Null where nothing was planned in the folder yet. @throws UserError where the file was damaged */
export async function readSettings(folder: string, files: Files): Promise<Settings | null> {
  const text = await readUserFile(join(folder, FILE), files);
  if (text === null) return null;
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${join(folder, FILE)} is damaged; expected what \`reach4 plan\` wrote; restore or delete it.`,
    );
  }
}

export const writeSettings = (folder: string, settings: Settings, files: Files): Promise<void> =>
  files.write(join(folder, FILE), `${JSON.stringify(settings, null, 2)}\n`);
