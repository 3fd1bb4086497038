import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { secretsIn, watchSecrets } from '../support/secrets.ts';
import type { Engine } from './engine.ts';

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Where the npm package `node` puts the Node that reach4 is developed with. */
export const ownNodeFolder = join(repository, 'node_modules', '.bin');

/** Milliseconds for one `pulumi` command. They take two to four seconds here; a hang must not hang the tests. */
const COMMAND_TIMEOUT_MS = 60_000;

/** With another /etc/resolv.conf, its first argument. */
const RESOLVED = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';

export interface PulumiRun {
  exitCode: number;
  /** Both streams as a user sees them, without colours. */
  output: string;
}

export interface RunOptions {
  /** Told what is printed while it runs; `interrupt` sends SIGINT, as Ctrl-C does. */
  onOutput?: (text: string, interrupt: () => void) => void;
}

/**
 * A folder of its own for one Pulumi project: file backend, passphrase and PULUMI_HOME are in it. At its end it is looked
 * through for the secrets of its environment, as is what was printed, and the arguments of processes were all along.
 */
export interface EngineFolder extends AsyncDisposable {
  path: string;
  /** The whole environment of `pulumi`; nothing of the tests' own leaks in. */
  environment: Record<string, string>;
  write(file: string, content: string): Promise<void>;
  read(file: string): Promise<string>;
  /** What somebody printed who ran something here in another way: it tells no secret either. */
  saw(text: string): void;
  /** Runs the literal `pulumi`, without prompts. */
  pulumi(args: string[], environment?: Record<string, string>, options?: RunOptions): Promise<PulumiRun>;
}

export interface EngineFolderOptions {
  environment?: Record<string, string>;
  /** The folder of the `node` that runs the program; reach4's own if not given. */
  nodeFolder?: string;
  /** What `pulumi` and all that it starts find in /etc/resolv.conf, in a mount namespace of their own. */
  resolver?: string;
  /** Milliseconds for one command, where one takes longer than others do. */
  timeoutMs?: number;
}

export async function engineFolder(engine: Engine, options: EngineFolderOptions = {}): Promise<EngineFolder> {
  const path = await mkdtemp(join(tmpdir(), 'reach4-engine-'));
  const file = (...names: string[]) => join(path, ...names);
  await mkdir(file('state'));
  await mkdir(file('home'));
  await writeFile(file('passphrase'), 'a passphrase for tests', { mode: 0o600 });
  await symlink(join(repository, 'node_modules'), file('node_modules'));
  const nodeFolder = options.nodeFolder ?? ownNodeFolder;
  const environment: Record<string, string> = {
    PATH: [...engine.binDirs, nodeFolder, '/usr/bin', '/bin'].join(delimiter),
    // Whatever wants a home gets this folder, so that nothing is left in the user's.
    HOME: path,
    PULUMI_HOME: file('home'),
    // As reach4 has it (src/cli/stack/backend.ts).
    PULUMI_BACKEND_URL: `file://${file('state')}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: file('passphrase'),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    // A missing provider is an error, never a download.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    ...options.environment,
  };
  const secrets = watchSecrets(() => secretsIn(environment));
  const { resolver } = options;
  if (resolver !== undefined) await writeFile(file('resolv.conf'), `nameserver ${resolver}\n`);
  const inNamespace =
    resolver === undefined ? [] : ['unshare', '--mount', 'sh', '-c', RESOLVED, file('resolv.conf')];
  return {
    path,
    environment,
    write: async (name, content) => {
      await mkdir(dirname(file(name)), { recursive: true });
      await writeFile(file(name), content);
    },
    read: (name) => readFile(file(name), 'utf8'),
    saw: (text) => secrets.saw(text),
    pulumi: async (args, extra = {}, { onOutput } = {}) => {
      const command = [...inNamespace, engine.pulumi, ...args, '--non-interactive', '--color', 'never'];
      const child = execa(command[0] ?? '', command.slice(1), {
        cwd: path,
        env: { ...environment, ...extra },
        extendEnv: false,
        all: true,
        reject: false,
        timeout: options.timeoutMs ?? COMMAND_TIMEOUT_MS,
      });
      child.all.on('data', (chunk) => onOutput?.(String(chunk), () => child.kill('SIGINT')));
      const run = await child;
      secrets.saw(run.all);
      return { exitCode: run.exitCode ?? -1, output: run.all };
    },
    [Symbol.asyncDispose]: async () => {
      secrets.stop();
      const told = await secrets.found(path);
      await rm(path, { recursive: true, force: true });
      if (told.length > 0) throw new Error(`a secret is told in ${told.join(', ')}`);
    },
  };
}
