import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { callerOfSudo } from './sudo.ts';

/** A file with a secret. */
export interface PrivateFile {
  readonly text: string;
  /** Whether anyone but this user (or who became root by sudo) and root may read or change it, or it belongs to someone else. */
  readonly exposed: boolean;
}

export interface PrivateFiles {
  /**
   * Null where there is no such file.
   * @throws the system's error where it can't be read; Error where it is no regular file, or too large.
   */
  read(path: string): Promise<PrivateFile | null>;
  /** Makes the file, mode 0600, and its folders, mode 0700. False where there is one already: it is left alone. */
  create(path: string, text: string): Promise<boolean>;
}

/** A token and its newline need 300 bytes; more is the wrong file, or a device. */
const MAX_BYTES = 4096;

/** Everyone's permission bits but the owner's (chmod(2)). */
const OTHERS = 0o077;

/** On Windows, modes say nothing and `exposed` is always false. */
export const privateFiles: PrivateFiles = { read, create };

async function read(path: string): Promise<PrivateFile | null> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    // Of the open file: what is checked is what is read.
    const { mode, uid, size, isFile } = await file
      .stat()
      .then((stat) => ({ ...stat, isFile: stat.isFile() }));
    if (!isFile) throw new Error('not a regular file');
    if (size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
    const self = process.getuid?.();
    // Root by sudo: whoever called it has it in a file of their own.
    const foreign = self !== undefined && ![self, 0, callerOfSudo()?.uid].includes(uid);
    const exposed = process.platform !== 'win32' && ((mode & OTHERS) !== 0 || foreign);
    return { text: await file.readFile('utf8'), exposed };
  } finally {
    await file.close();
  }
}

async function create(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // Exclusive: of two agents that start at once, one makes the token and the other reads it.
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}
