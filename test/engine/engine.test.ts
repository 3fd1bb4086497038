/** `ensureEngine` with a cache of its own, in which a script plays the engine: only the way to it is under test. */
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Engine } from './engine.ts';

const version = '3.259.0';
const module = join(dirname(fileURLToPath(import.meta.url)), 'engine.ts');
const script = `import { ensureEngine } from '${module}'; console.log(JSON.stringify(await ensureEngine()))`;

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'reach4-cache-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

function ensure(path = '/usr/bin:/bin') {
  return execa(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: path, HOME: cache, XDG_CACHE_HOME: cache },
    extendEnv: false,
    reject: false,
  });
}

async function program(...path: string[]): Promise<void> {
  const file = join(cache, ...path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
}

it('uses what was built before, also when two start at once', async () => {
  await program('reach4', 'engine', version, 'pulumi');
  const engines = (await Promise.all([ensure(), ensure()])).map(({ stdout }) => JSON.parse(stdout) as Engine);
  expect(engines[0]).toEqual(engines[1]);
  const { root, pulumi, binDirs } = engines[0] as Engine;
  expect([pulumi, binDirs]).toEqual([join(root, 'bin', 'pulumi'), [join(root, 'bin')]]);
  await access(join(root, 'bin', 'pulumi-language-nodejs'));
  await access(join(root, 'bin', 'pulumi-resource-pulumi-nodejs'));
  expect((await readdir(join(cache, 'reach4', 'engine', version))).length).toBe(2);
});

it('prefers a whole installation on PATH', async () => {
  await program('vendor', 'bin', 'pulumi');
  await program('vendor', 'bin', 'pulumi-language-nodejs');
  const root = join(cache, 'vendor');
  const engine = JSON.parse((await ensure(join(root, 'bin'))).stdout);
  expect(engine).toEqual({
    pulumi: join(root, 'bin', 'pulumi'),
    root,
    binDirs: [join(root, 'bin')],
    version,
  });
});

it('says in one sentence what is missing', async () => {
  const run = await ensure(join(cache, 'nothing'));
  expect(run.exitCode).not.toBe(0);
  expect(run.stderr).toContain('need `pulumi` on PATH, or Go to build it');
  expect(await readdir(join(cache, 'reach4', 'engine'))).toEqual([]);
});
