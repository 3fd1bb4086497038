import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { TOKEN, type World } from './world.ts';

/** The token and the passphrase, in whatever was written or printed. */
export async function leaks(the: World, printed: string): Promise<string[]> {
  const settings = JSON.parse(await the.read('.reach4/stack.json')) as { passphraseFile: string };
  const passphrase = await readFile(settings.passphraseFile, 'utf8');
  expect(passphrase.length).toBeGreaterThan(40);
  expect((await stat(settings.passphraseFile)).mode & 0o777).toBe(0o600);
  expect(settings.passphraseFile.startsWith(the.folder)).toBe(false);
  const found: string[] = [];
  const look = (where: string, text: string): void => {
    for (const secret of [TOKEN, passphrase]) if (text.includes(secret)) found.push(where);
  };
  look('what was printed', printed);
  const entries = await readdir(the.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.some((file) => file.includes('.reach4/state/.pulumi/stacks/'))).toBe(true);
  for (const file of files) look(file, await readFile(file, 'utf8'));
  return found;
}
