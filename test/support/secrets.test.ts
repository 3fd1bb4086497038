import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesTelling, secretsIn, tells, watchSecrets } from './secrets.ts';

const SECRET = 'a-secret-that-nobody-may-see-0123456789';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach4-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a secret is found in a file of any folder below, also as base64', async () => {
  await mkdir(join(folder, 'deep', 'er'), { recursive: true });
  await writeFile(join(folder, 'deep', 'er', 'clear'), `token: "${SECRET}"`);
  await writeFile(join(folder, 'encoded'), Buffer.from(SECRET).toString('base64'));
  await writeFile(join(folder, 'harmless'), SECRET.slice(1));
  expect((await filesTelling(folder, [SECRET])).sort()).toEqual([
    join(folder, 'deep', 'er', 'clear'),
    join(folder, 'encoded'),
  ]);
});

test('only what is a secret counts as one', () => {
  expect(secretsIn({ CLOUDFLARE_API_TOKEN: SECRET, AWS_ACCESS_KEY_ID: 'AKIA', HOME: '/root' })).toEqual([
    SECRET,
  ]);
  expect(tells('nothing', [SECRET])).toBe(false);
});

test('a secret in the arguments of a process is seen, and one that is printed', async () => {
  const watch = watchSecrets(() => [SECRET]);
  const telling = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)', SECRET], { stdio: 'ignore' });
  try {
    await expect
      .poll(() => watch.found(folder), { timeout: 10_000 })
      .toContainEqual(`arguments of ${process.execPath}`);
    watch.saw(`Bearer ${SECRET}`);
    expect(await watch.found(folder)).toContain('what was printed');
  } finally {
    watch.stop();
    telling.kill();
  }
});
