import { lstat, realpath, stat } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { EVIDENCE_SCHEMA_ID } from '../../model/evidence-file.ts';
import { parseJson } from '../../model/json.ts';
import type { Files } from '../../ports/ports.ts';
import { fileError, writeError } from '../file-error.ts';

/** What tells an evidence file, whichever version made it. */
const marked = z.object({ schema: z.string().startsWith(EVIDENCE_SCHEMA_ID.replace(/\d+$/u, '')) });
/** Bytes; an evidence file is smaller, see diagnose/evidence-files.ts. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Whether the file may be written: it isn't there, or holds evidence already.
 * @throws UserError
 */
export async function refuseForeign(path: string, files: Files): Promise<void> {
  const fail = (what: string, cause?: unknown): never => {
    throw new UserError(
      `--out ${path} ${what}, and is left as it is; expected the name of a new file, or of one that \`reach4 collect\` wrote.`,
      { cause },
    );
  };
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const info = await stat(path).catch((error: unknown) => fail(`can't be read: ${fileError(error)}`, error));
  if (info.isDirectory()) fail('is a folder');
  if (!info.isFile()) fail('is no plain file');
  if (info.size > MAX_BYTES) fail('is no evidence file');
  const text = await files
    .read(await realpath(path))
    .catch((error: unknown) => fail(`can't be read: ${fileError(error)}`, error));
  if (!marked.safeParse(parseJson(text ?? '')).success) fail('is no evidence file');
}

/** Writes all of it or nothing. @throws UserError where the machine won't have it */
export async function writeOut(path: string, text: string, files: Files): Promise<void> {
  try {
    await files.write(path, text);
  } catch (error) {
    const why = writeError(error) ?? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : '');
    throw new UserError(
      `--out ${path} can't be written: ${why}; nothing was half-written; expected a folder with room that this user may write to.`,
      { cause: error },
    );
  }
}

/** The same on standard output. @throws UserError where that can't be written */
export async function writeStdout(text: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      process.stdout.once('error', reject);
      process.stdout.write(text, (error) => (error == null ? resolve() : reject(error)));
    });
  } catch (error) {
    // Whoever read it has enough of it.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    throw new UserError(
      `Standard output can't be written: ${writeError(error) ?? fileError(error)}; expected room for the evidence there, or --out FILE.`,
      { cause: error },
    );
  }
}
