import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The real Pulumi engine. */
export interface Engine {
  /** Absolute path of the `pulumi` binary. */
  pulumi: string;
  /** The folder that `bin/pulumi` is in; `PulumiCommand.get({ root })` of the Automation API wants it. */
  root: string;
  /** Folders that must come first on PATH: `pulumi` and its plugins for JavaScript. */
  binDirs: string[];
  /** `3.259.0` */
  version: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const goModule = join(here, 'go');
const ownPlugins = join(here, 'bin');
/** What the vendor's download holds beside `pulumi`, and a build of the engine alone does not. */
const pluginNames = ['pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs'];

/** One build takes about 3 to 5 minutes on two cores (tried); more than that is a build that hangs. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** What a test waits at most for the engine: only the first on a machine builds it. */
export const ENGINE_TIMEOUT_MS = BUILD_TIMEOUT_MS;

/** The engine on PATH, else one built earlier, else one built now. */
export async function ensureEngine(): Promise<Engine> {
  return (await vendorEngine()) ?? (await cachedEngine()) ?? (await buildEngine());
}

/** Only whole installations: `bin/pulumi` with its plugin for JavaScript beside it. */
async function vendorEngine(): Promise<Engine | undefined> {
  const pulumi = await onPath('pulumi');
  if (pulumi === undefined) {
    return undefined;
  }
  const folder = dirname(pulumi);
  const whole = basename(folder) === 'bin' && (await executable(join(folder, 'pulumi-language-nodejs')));
  return whole
    ? { pulumi, root: dirname(folder), binDirs: [folder], version: await versionOf(pulumi) }
    : undefined;
}

async function cachedEngine(): Promise<Engine | undefined> {
  const version = await wantedVersion();
  const folder = cacheFolder(version);
  return (await executable(join(folder, 'pulumi'))) ? withOwnPlugins(folder, version) : undefined;
}

async function buildEngine(): Promise<Engine> {
  const version = await wantedVersion();
  const folder = cacheFolder(version);
  await makeFolder(folder, (unfinished) => compile(version, join(unfinished, 'pulumi')));
  return withOwnPlugins(folder, version);
}

/**
 * The engine together with this repository's plugins, in a folder of this checkout. They lie beside each other because
 * the engine prints a warning for each plugin that it finds elsewhere on PATH (`getPluginInfoAndPath`).
 */
async function withOwnPlugins(engineFolder: string, version: string): Promise<Engine> {
  const checkout = createHash('sha256').update(ownPlugins).digest('hex').slice(0, 12);
  const root = join(engineFolder, `of-checkout-${checkout}`);
  const folder = join(root, 'bin');
  const pulumi = join(folder, 'pulumi');
  if (!(await executable(pulumi))) {
    await makeFolder(folder, async (unfinished) => {
      // A hard link: for a symbolic one the engine would look beside the link's target.
      await link(join(engineFolder, 'pulumi'), join(unfinished, 'pulumi'));
      for (const name of pluginNames) {
        await symlink(join(ownPlugins, name), join(unfinished, name));
      }
    });
  }
  return { pulumi, root, binDirs: [folder], version };
}

/** Fills a folder beside its final place and moves it there whole: nobody sees half of it, also if two do it at once. */
async function makeFolder(folder: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await fill(unfinished);
    await moveUnlessThere(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function compile(version: string, output: string): Promise<void> {
  const go = await onPath('go');
  if (go === undefined) {
    throw new Error(
      'The engine tests need `pulumi` on PATH, or Go to build it from its source: neither was found.',
    );
  }
  const versionVariable = 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version';
  const flags = ['-mod=readonly', '-ldflags', `-X ${versionVariable}=${version}`, '-o', output];
  await execa(go, ['build', ...flags, 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi'], {
    cwd: goModule,
    timeout: BUILD_TIMEOUT_MS,
    stderr: ['pipe', 'inherit'],
  });
}

async function moveUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await executable(join(to, 'pulumi')))) {
      throw error;
    }
  }
}

function cacheFolder(version: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reach4', 'engine', version);
}

/** The version that go.mod asks for, so that it is written down once. */
async function wantedVersion(): Promise<string> {
  const manifest = await readFile(join(goModule, 'go.mod'), 'utf8');
  const version = /^require github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)$/m.exec(manifest)?.[1];
  if (version === undefined) {
    throw new Error('test/engine/go/go.mod does not require github.com/pulumi/pulumi/pkg/v3.');
  }
  return version;
}

async function versionOf(pulumi: string): Promise<string> {
  const { stdout } = await execa(pulumi, ['version'], { env: { PULUMI_SKIP_UPDATE_CHECK: 'true' } });
  return stdout.trim().replace(/^v/, '');
}

async function onPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    // Not the npm package of that name, which is no engine but fetches one.
    if (folder.startsWith('/') && !folder.includes('/node_modules/')) {
      const path = join(folder, command);
      if (await executable(path)) {
        return path;
      }
    }
  }
  return undefined;
}

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
