import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const BUILD = fileURLToPath(new URL('./build.sh', import.meta.url));

/** ms; on a mirror that gives 1 MB/s. */
const BUILD_TIMEOUT = 720_000;

/** A Debian that has never booted, and what it may install; neither may be written to. */
export interface Debian {
  /** Folder of its root. */
  readonly tree: string;
  /** Folder of an apt repository: packages, and the file `Packages`. */
  readonly repository: string;
  /** `trixie` */
  readonly suite: string;
}

/** What a script of user data installs: the same packages make the same Debian, which is built once. */
export function packagesOf(script: string): string[] {
  const line = /^try apt .* install (?<names>.+)$/mu.exec(script)?.groups?.names;
  if (line === undefined) throw new Error('The script installs nothing.');
  return line.split(' ');
}

/** Builds it once on a machine: in a folder beside, which is moved when all is there. */
export async function debianWith(packages: readonly string[]): Promise<Debian> {
  const key = createHash('sha256')
    .update(await readFile(BUILD))
    .update(packages.join(' '))
    .digest('hex')
    .slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reach4', 'debian');
  const dir = join(cache, key);
  if (!existsSync(dir)) await build(cache, dir, packages);
  const suite = (await readFile(join(dir, 'suite'), 'utf8')).trim();
  return { tree: join(dir, 'tree'), repository: join(dir, 'repository'), suite };
}

async function build(cache: string, dir: string, packages: readonly string[]): Promise<void> {
  await mkdir(cache, { recursive: true });
  const made = await mkdtemp(join(cache, 'new-'));
  try {
    const { all, exitCode } = await execa('sh', [BUILD, made, ...packages], {
      all: true,
      reject: false,
      timeout: BUILD_TIMEOUT,
    });
    if (exitCode !== 0) throw new Error(`No Debian could be made: ${all.split('\n').slice(-15).join('\n')}`);
    await rename(made, dir).catch((error: unknown) => {
      // Another process was first.
      if (!existsSync(dir)) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
