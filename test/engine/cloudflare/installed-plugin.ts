import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const PROGRAM = 'pulumi-resource-cloudflare';

/** Where `pulumi plugin install` puts plugins, a folder each: `resource-cloudflare-v6.22.1`. */
const FOLDER = /^resource-cloudflare-v(\d.*)$/u;

/** The vendor's own provider. */
export interface InstalledPlugin {
  /** The folder that it is in: first on PATH, the engine takes it whatever its version is. */
  readonly folder: string;
  readonly version: string;
}

/** The real provider for Cloudflare as this machine has it, on PATH or among Pulumi's plugins; null where there is none. */
export async function installedPlugin(): Promise<InstalledPlugin | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, PROGRAM)))) return { folder, version: 'on PATH' };
  }
  const plugins = join(process.env.PULUMI_HOME ?? join(homedir(), '.pulumi'), 'plugins');
  const names = await readdir(plugins).catch((): string[] => []);
  for (const name of names.sort().reverse()) {
    const version = FOLDER.exec(name)?.[1];
    const program = join(plugins, name, PROGRAM);
    if (version !== undefined && (await isExecutable(program))) return { folder: dirname(program), version };
  }
  return null;
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
