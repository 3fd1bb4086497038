import { randomBytes } from 'node:crypto';
import { access, lchown, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Files } from '../ports.ts';
import { callerOfSudo } from './sudo.ts';
import { codeOf } from './system-error.ts';

export const files: Files = {
  read: (path) => orNull(readFile(path, 'utf8')),
  exists: async (path) => (await orNull(access(path).then(() => true))) ?? false,
  write,
};

/**
 * Without `mode`, an existing file keeps its own and a new one gets what the umask leaves; so do folders that are missing.
 * By `sudo`, what is new belongs to whoever called it: without, they could not change it any more.
 */
async function write(path: string, text: string, mode?: number): Promise<void> {
  // Renaming onto a symbolic link would replace the link, not the file that it points to.
  const target = (await orNull(realpath(path))) ?? path;
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const replaced = await orNull(stat(target));
  const finalMode = mode ?? replaced?.mode;
  const owner = process.getuid?.() === 0 ? (replaced ?? callerOfSudo()) : null;
  await makeFolder(folder, owner);
  try {
    // Closed to others while it is written: the text may be a secret.
    const file = await open(temporary, 'wx', finalMode === undefined ? 0o666 : 0o600);
    try {
      await file.writeFile(text, 'utf8');
      if (owner !== null) await file.chown(owner.uid, owner.gid);
      if (finalMode !== undefined) await file.chmod(finalMode & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function makeFolder(folder: string, owner: { uid: number; gid: number } | null): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined || owner === null) return;
  for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made)) {
    await lchown(made, owner.uid, owner.gid);
  }
}

/** The rename itself survives a crash only once the folder is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  // Windows can't open folders; its rename is journalled.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Null where there is no such file; every other error stays one. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
