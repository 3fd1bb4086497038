import { UserError } from '../model/error.ts';
import type { Files } from '../ports/ports.ts';
import { fileError } from './file-error.ts';

/**
 * A file of the user's as text; null where there is none.
 * @param expected what it should be
 * @throws UserError where it is there and can't be read: a folder, or another user's
 */
export async function readUserFile(
  path: string,
  files: Files,
  expected = 'a file that this user may read',
): Promise<string | null> {
  try {
    return await files.read(path);
  } catch (error) {
    throw new UserError(`${path} can't be read: ${fileError(error)}; expected ${expected}.`, {
      cause: error,
    });
  }
}
