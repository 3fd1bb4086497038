import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import type { RelayPlan } from '../../../src/model/relay-plan.ts';
import { testCredentials } from '../aws/api/access.ts';
import { startAws } from '../aws/api/server.ts';
import { type Engine, ensureEngine } from '../engine.ts';
import { engineFolder, repository } from '../folder.ts';
import { faultPlan, type HostKind } from './plans.ts';

/** Milliseconds: a command with a fault in it takes up to half a minute; one that hangs is a failure. */
const COMMAND_TIMEOUT_MS = 180_000;
const GREETING = '220 ready\r\n';

const program = testCredentials('program');

export interface Run {
  exitCode: number;
  output: string;
}

/** Pids of those whose death is a fault; known once the command runs. */
export interface Victims {
  engine: number;
  provider: number;
}

/** A command that runs. */
export interface Running {
  victims: Victims;
  end: Promise<Run>;
}

/**
 * The literal `pulumi` with a relay's plan, the provider as a process that may be killed, and AWS's stand-in. What can be
 * saved is loaded again in no time, so that each fault begins with the same stack. No zone: names are written by hand.
 */
export async function faultWorld(kind: HostKind) {
  const engine = await ensureEngine();
  const aws = await startAws({
    callers: { [program.accessKeyId]: {} },
    // All hosts serve, at any address of this machine's.
    instanceAddresses: (ordinal, turn) => ({ publicIpv4: `127.77.${ordinal}.${turn}`, ipv6: '::1' }),
    staticAddress: (ordinal) => `127.78.0.${ordinal}`,
    // As short as it may be and still be seen.
    times: { lightsailCreate: 20, lightsailDelete: 20, ec2Pending: 20, ec2ShuttingDown: 20 },
  });
  const relay = createServer((socket) => socket.on('error', () => {}).end(GREETING));
  relay.listen(0, '0.0.0.0');
  await once(relay, 'listening');
  const plan = faultPlan(kind, (relay.address() as AddressInfo).port);
  const credentials = {
    AWS_ACCESS_KEY_ID: program.accessKeyId,
    AWS_SECRET_ACCESS_KEY: program.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const folder = await engineFolder(engine, { environment: credentials });
  const saves = await mkdtemp(join(tmpdir(), 'reach4-saves-'));
  await folder.write('Pulumi.yaml', projectFile());
  await folder.pulumi(['stack', 'init', 'test']);
  let provider = await startProvider(credentials);
  const state = join(folder.path, 'state');

  const start = async (...args: string[]): Promise<Running> => {
    if (provider.process.exitCode !== null || provider.process.signalCode !== null) {
      provider = await startProvider(credentials);
    }
    const child = pulumi(engine, folder.path, args, {
      ...folder.environment,
      PULUMI_DEBUG_PROVIDERS: provider.attach,
      REACH4_RELEASE_ANYWAY: addresses().join(),
    });
    const victims = { engine: child.pid ?? 0, provider: provider.process.pid ?? 0 };
    return { victims, end: child.then(({ exitCode, all }) => ({ exitCode: exitCode ?? -1, output: all })) };
  };
  const region = () => aws.account.region(plan.host.region);
  const addresses = () =>
    plan.host.kind === 'lightsail'
      ? region().lightsail.staticIps.map(({ address }) => address)
      : region().ec2.addresses.all.map(({ publicIp }) => publicIp);
  const configure = async (settings: RelayPlan['settings']): Promise<void> => {
    const before = parse(await folder.read('Pulumi.test.yaml')) as object;
    await folder.write(
      'Pulumi.test.yaml',
      stringify({ ...before, config: { 'reach4:plan': { ...plan, settings } } }),
    );
  };
  return {
    aws,
    plan,
    configure,
    start,
    /** `pulumi up` or `destroy`, from start to end. */
    run: async (command: string): Promise<Run> => (await start(command, '--yes', '--skip-preview')).end,
    /** As `reach4 up` does where the lock's process is dead. */
    unlock: async () => (await start('cancel', '--yes')).end,
    /** The hosts that lasting addresses lead to. */
    served: () =>
      plan.host.kind === 'lightsail'
        ? region().lightsail.staticIps.map(({ attachedTo }) => attachedTo)
        : region().ec2.addresses.all.map(({ association }) => association?.instance.id),
    /** The deployment's resources. */
    resources: async () => {
      const { output } = await (await start('stack', 'export')).end;
      const { deployment } = JSON.parse(output) as { deployment: { resources?: StateResource[] } };
      return deployment.resources ?? [];
    },
    save: async (name: string): Promise<Saved> => {
      const copy = join(saves, name);
      await cp(state, copy, { recursive: true });
      return { copy, cloud: aws.account.save() };
    },
    load: async ({ copy, cloud }: Saved): Promise<void> => {
      await rm(state, { recursive: true });
      await cp(copy, state, { recursive: true });
      await aws.account.load(cloud);
      aws.reset();
    },
    [Symbol.asyncDispose]: async () => {
      provider.process.kill('SIGTERM');
      await new Promise((resolve) => relay.close(resolve));
      await aws.stop();
      await folder[Symbol.asyncDispose]();
      await rm(saves, { recursive: true, force: true });
    },
  };
}
export type FaultWorld = Awaited<ReturnType<typeof faultWorld>>;

export interface Saved {
  copy: string;
  cloud: ReturnType<Awaited<ReturnType<typeof startAws>>['account']['save']>;
}

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  delete?: boolean;
  outputs?: Record<string, unknown>;
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

async function startProvider(environment: Record<string, string>) {
  const main = join(repository, 'test', 'engine', 'aws', 'provider', 'main.ts');
  const process = spawn(globalThis.process.execPath, [main, 'provider', '--listen', '127.0.0.1:0'], {
    env: { ...environment, AWS_REGION: 'us-east-1', PATH: globalThis.process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(process.stdout, 'data')) as [Buffer];
  const { attach } = JSON.parse(line.toString()) as { attach: string };
  return { process, attach };
}
