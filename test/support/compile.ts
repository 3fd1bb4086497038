import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONFIGURATION = 'tsconfig.build.json';
/** What it compiles into `dist`. */
const SOURCES = '{src,stacks}/**/*.ts';

/**
 * Compiles the package where `dist` is older than its source, so that whoever runs the program as a user does gets it
 * as it is now. Vitest calls it once, before the first test of a project that wants it: of two who compile at a time,
 * one would read what the other has half written.
 */
export default async function compile(): Promise<void> {
  if (!(await isStale())) return;
  // What doesn't type-check is another test's business; the compiler writes its output nonetheless.
  await execa('npx', ['tsc', '-p', CONFIGURATION], { cwd: ROOT, reject: false });
}

async function isStale(): Promise<boolean> {
  const configured = await modified(CONFIGURATION);
  for await (const source of glob(SOURCES, { cwd: ROOT })) {
    const made = await modified(join('dist', source.replace(/\.ts$/u, '.js')));
    if (made < configured || made < (await modified(source))) return true;
  }
  return false;
}

/** ms since 1970; 0 where it isn't there. */
async function modified(path: string): Promise<number> {
  const found = await stat(join(ROOT, path)).catch(() => null);
  return found?.mtimeMs ?? 0;
}
