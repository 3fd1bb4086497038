import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import type { Plan } from '../../../src/model/plan.ts';
import { type Engine, ensureEngine } from '../engine.ts';
import { engineFolder, repository } from '../folder.ts';
import type { Run, Running } from './world.ts';

/** Milliseconds: a command with a fault in it takes up to half a minute; one that takes more hangs. */
const COMMAND_TIMEOUT_MS = 180_000;

export interface FaultProjectOptions {
  /** The cloud's credentials and where it answers. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the provider needs beside. */
  readonly providerEnvironment?: Readonly<Record<string, string>>;
  /** Which provider: `aws`, `cloudflare`. */
  readonly provider: 'aws' | 'cloudflare';
  /** What the command needs beside, asked when it starts. */
  readonly commandEnvironment?: () => Record<string, string>;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly delete?: boolean;
  readonly outputs?: Record<string, unknown>;
}

/**
 * A project of the literal `pulumi` whose provider is a process that may be killed. Its state is saved and loaded in no
 * time, so that each fault begins with the same stack.
 */
export async function faultProject(options: FaultProjectOptions) {
  const engine = await ensureEngine();
  const environment = { ...options.environment };
  const folder = await engineFolder(engine, { environment });
  const saves = await mkdtemp(join(tmpdir(), 'reach4-saves-'));
  await folder.write('Pulumi.yaml', projectFile());
  await folder.pulumi(['stack', 'init', 'test']);
  const startOne = () => startProvider(options.provider, { ...environment, ...options.providerEnvironment });
  let provider = await startOne();
  const state = join(folder.path, 'state');

  const start = async (...args: string[]): Promise<Running> => {
    if (provider.process.exitCode !== null || provider.process.signalCode !== null) {
      provider = await startOne();
    }
    const child = pulumi(engine, folder.path, args, {
      ...folder.environment,
      PULUMI_DEBUG_PROVIDERS: provider.attach,
      ...options.commandEnvironment?.(),
    });
    const victims = { engine: child.pid ?? 0 };
    const end = child.then(({ exitCode, timedOut, all }) => {
      folder.saw(all);
      return { exitCode: exitCode ?? -1, hung: timedOut, output: all };
    });
    return { victims, end };
  };
  return {
    start,
    run: async (command: string): Promise<Run> => (await start(command, '--yes', '--skip-preview')).end,
    unlock: async (): Promise<Run> => (await start('cancel', '--yes')).end,
    configure: async (plan: Plan): Promise<void> => {
      const before = parse(await folder.read('Pulumi.test.yaml')) as object;
      await folder.write('Pulumi.test.yaml', stringify({ ...before, config: { 'reach4:plan': plan } }));
    },
    /** The deployment's resources. */
    resources: async (): Promise<readonly StateResource[]> => {
      const { output } = await (await start('stack', 'export')).end;
      const { deployment } = JSON.parse(output) as { deployment: { resources?: StateResource[] } };
      return deployment.resources ?? [];
    },
    /** Whether the state knows of something by its id: read from the file, for the engine may be at work. */
    knows: async (id: string): Promise<boolean> => {
      const file = join(state, '.pulumi', 'stacks', 'reach4', 'test.json');
      return (await readFile(file, 'utf8').catch(() => '')).includes(id);
    },
    /** Keeps the stack's state. @returns what puts it back */
    save: async (name: string): Promise<() => Promise<void>> => {
      const copy = join(saves, name);
      await rm(copy, { recursive: true, force: true });
      await cp(state, copy, { recursive: true });
      return async () => {
        await rm(state, { recursive: true });
        await cp(copy, state, { recursive: true });
      };
    },
    [Symbol.asyncDispose]: async () => {
      provider.process.kill('SIGTERM');
      await folder[Symbol.asyncDispose]();
      await rm(saves, { recursive: true, force: true });
    },
  };
}

const projectFile = (): string =>
  stringify({
    name: 'reach4',
    runtime: { name: 'nodejs', options: { typescript: false } },
    main: join(repository, 'dist', 'stacks', 'index.js'),
    options: { refresh: 'always' },
  });

const pulumi = (engine: Engine, cwd: string, args: string[], env: Record<string, string>) =>
  execa(engine.pulumi, [...args, '--non-interactive', '--color', 'never'], {
    cwd,
    env,
    extendEnv: false,
    all: true,
    reject: false,
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });

/** Ten attempts of the real provider's pace take more than three minutes, and tell no more. */
const SOON_AGAIN = ['--retry-base-ms', '5'];

async function startProvider(name: 'aws' | 'cloudflare', environment: Record<string, string>) {
  const folder = name === 'aws' ? join('aws', 'provider') : 'cloudflare';
  const main = join(repository, 'test', 'engine', folder, 'main.ts');
  const args = [main, 'provider', '--listen', '127.0.0.1:0', ...(name === 'aws' ? [] : SOON_AGAIN)];
  const process = spawn(globalThis.process.execPath, args, {
    env: { ...environment, PATH: globalThis.process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = once(process.stdout, 'data');
  const ended = once(process, 'exit').then(([code]) => {
    throw new Error(`the stand-in for ${name}'s provider ended with ${code} before it was ready`);
  });
  const [line] = (await Promise.race([ready, ended])) as [Buffer];
  const { attach } = JSON.parse(line.toString()) as { attach: string };
  return { process, attach };
}
