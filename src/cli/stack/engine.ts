import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { Exec, Files } from '../../ports/ports.ts';
import { packageRoot } from './project.ts';

/** The Pulumi CLI that runs the stacks. */
export interface Engine {
  /** Absolute path of `pulumi`. */
  readonly command: string;
  /** `3.259.0` */
  readonly version: string;
  /** Folders that come first on its PATH. */
  readonly path: readonly string[];
}

export type Env = Readonly<Record<string, string | undefined>>;

interface World {
  readonly exec: Exec;
  readonly files: Files;
}

/** ms: `pulumi version` takes a tenth of a second; the npm package downloads the CLI on its first call. */
const VERSION_TIMEOUT_MS = 300_000;

const require = createRequire(import.meta.url);
const sdk = require.resolve('@pulumi/pulumi/package.json');

/** What to do where there is no engine. */
export const HOW_TO_GET_PULUMI =
  'The Pulumi CLI is not installed, and it does the work: get it from https://www.pulumi.com/docs/install/ (no account is needed), then plan again.';

/**
 * The engine: `pulumi` on PATH; the one of the npm package `pulumi`; or one built from its source into reach4's cache.
 * @param folder the project's, whose node_modules may hold the npm package
 * @returns null where there is none
 */
export async function findEngine(
  folder: string,
  env: Env,
  world: World,
  signal: AbortSignal,
): Promise<Engine | null> {
  const program = process.platform === 'win32' ? 'pulumi.exe' : 'pulumi';
  const onPath = (env.PATH ?? '').split(delimiter).filter((place) => isAbsolute(place));
  const places = [...onPath, ...npmBins(folder), cacheFolder(env)];
  for (const place of places) {
    const command = join(place, program);
    const version = (await world.files.exists(command)) ? await versionOf(command, world.exec, signal) : null;
    if (version !== null) return { command, version, path: pathFor(place, place === cacheFolder(env)) };
  }
  return null;
}

/** Next to the project and next to reach4, where npm links programs. */
function npmBins(folder: string): string[] {
  const root = packageRoot();
  const parent = dirname(root);
  return [
    join(folder, 'node_modules', '.bin'),
    join(root, 'node_modules', '.bin'),
    ...(basename(parent) === 'node_modules' ? [join(parent, '.bin')] : []),
  ];
}

/** Where an engine built from source is kept, for the SDK's version. */
function cacheFolder(env: Env): string {
  const { version } = z.object({ version: z.string() }).parse(require(sdk));
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'reach4', 'engine', version);
}

/**
 * Our own Node first, so that the program runs where it is known to. An engine built alone lacks the plugin that serves
 * dynamic resources; the SDK has one.
 */
const pathFor = (place: string, isBuilt: boolean): string[] => [
  place,
  ...(isBuilt ? [dirname(sdk)] : []),
  dirname(process.execPath),
];

async function versionOf(command: string, exec: Exec, signal: AbortSignal): Promise<string | null> {
  const run = await exec.run(command, ['version'], { timeoutMs: VERSION_TIMEOUT_MS, signal });
  return run?.exitCode === 0 ? (/^v?(\d+\.\d+\.\d+\S*)$/mu.exec(run.stdout.trim())?.[1] ?? null) : null;
}
