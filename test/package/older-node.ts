import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { execa } from 'execa';

/** The newest major that reach4 is too new for. */
const TOO_OLD_MAJOR = 20;

/**
 * A folder with a `node` that reach4 is too new for: the machine's own, if it is one; else the npm package of Node 20,
 * installed once into the cache.
 */
export async function olderNodeFolder(): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!isAbsolute(folder) || folder.includes('node_modules')) continue;
    const version = await versionOf(join(folder, 'node'));
    if (version !== null && version <= 21) return folder;
  }
  const cached = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reach4', 'node-20');
  const bin = join(cached, 'node_modules', 'node', 'bin');
  if ((await versionOf(join(bin, 'node'))) === null) await install(cached);
  return bin;
}

async function install(cached: string): Promise<void> {
  await mkdir(dirname(cached), { recursive: true });
  const unfinished = await mkdtemp(join(tmpdir(), 'reach4-node-'));
  try {
    await execa('npm', ['install', '--no-audit', '--no-fund', `node@${TOO_OLD_MAJOR}`], { cwd: unfinished });
    await rm(cached, { recursive: true, force: true });
    await rename(unfinished, cached);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The major version; null where there is no such program. */
async function versionOf(node: string): Promise<number | null> {
  const { stdout, failed } = await execa(node, ['--version'], { reject: false });
  return failed ? null : Number(/^v(\d+)\./u.exec(stdout)?.[1]);
}
