import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { judge } from '../../../../src/cli/diagnose/judge.ts';
import type { StackContext } from '../../../../src/cli/stack/context.ts';
import { plan } from '../../../../src/cli/stack/plan.ts';
import { NO_RELAY_OPTIONS, type RelayOptions } from '../../../../src/cli/stack/relay/options.ts';
import type { Identity } from '../../../../src/model/identity.ts';
import { nodePorts } from '../../../../src/ports/node/node-ports.ts';
import { testCredentials } from '../../../engine/aws/api/access.ts';
import { type Aws, startAws } from '../../../engine/aws/api/server.ts';
import { awsClients } from '../../../engine/aws/clients.ts';
import { startAwsProvider } from '../../../engine/aws/provider/start.ts';
import { ensureEngine } from '../../../engine/engine.ts';
import { reach } from '../../../support/evidence.ts';
import { caseOf, LINE, zone } from '../../../support/home.ts';
import { STABLE6 } from '../../../support/names.ts';
import { secretsIn, watchSecrets } from '../../../support/secrets.ts';
import { NO_FLAGS } from '../world.ts';
import { contextOf, type Surroundings } from './planning.ts';

/** Where clients come to the relay; no port that needs rights. */
export const PORT = 22_723;
/** The static address that the stand-in gives first. */
export const ADDRESS = '127.88.0.1';
const GREETING = '220 home.example.org ready\r\n';

const caller = testCredentials('cli');
const hand = testCredentials('hand');

export interface RelayWorld extends AsyncDisposable {
  readonly aws: Aws;
  readonly byHand: ReturnType<typeof awsClients>;
  /** Ordinals of hosts that never forward. */
  readonly dead: Set<number>;
  /** Everything that was printed since the last call. */
  printed(): string;
  context(around?: Surroundings): StackContext;
  plan(relay?: Partial<RelayOptions>, around?: Surroundings): Promise<number>;
  read(file: string): Promise<string>;
  exists(): string[];
}

/**
 * A project folder, an account at the stand-in for AWS whose credentials have these rights, and the real engine. What
 * relay hosts would serve is served here: host N is 127.87.N.x, and the address that outlives it 127.88.0.1.
 */
export async function relayWorld(allow: readonly string[] = ['*']): Promise<RelayWorld> {
  const engine = await ensureEngine();
  const base = await mkdtemp(join(tmpdir(), 'reach4 relay-'));
  const folder = join(base, 'project');
  await mkdir(folder);
  await mkdir(join(base, 'home'));
  const aws = await startAws({
    callers: { [caller.accessKeyId]: { allow: [...allow] }, [hand.accessKeyId]: { behindTheScenes: true } },
    instanceAddresses: (ordinal, turn) => ({ publicIpv4: `127.87.${ordinal}.${turn}`, ipv6: '::1' }),
    staticAddress: (ordinal) => `127.88.0.${ordinal}`,
  });
  const dead = new Set<number>();
  const relay = createServer((socket) => {
    socket.on('error', () => {});
    const ordinal = Number(/127\.87\.(\d+)\.\d+$/u.exec(socket.localAddress ?? '')?.[1]);
    if (dead.has(ordinal)) socket.destroy();
    else socket.end(GREETING);
  });
  await new Promise<void>((resolve, reject) => {
    relay.once('error', reject).listen(PORT, '0.0.0.0', resolve);
  });
  const credentials = {
    AWS_ACCESS_KEY_ID: caller.accessKeyId,
    AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    XDG_CONFIG_HOME: join(base, 'config'),
  };
  const provider = await startAwsProvider({
    endpoint: aws.url,
    environment: { ...credentials, AWS_REGION: 'us-east-1' },
  });
  const path = (process.env.PATH ?? '').split(delimiter);
  const env: Record<string, string> = {
    ...credentials,
    PATH: [...engine.binDirs, ...path.filter((place) => !place.includes('node_modules'))].join(delimiter),
    HOME: base,
    PULUMI_HOME: join(base, 'home'),
    PULUMI_DEBUG_PROVIDERS: provider.attach,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    // No resolver is asked: what the hold does has its own tests.
    REACH4_RELEASE_ANYWAY: ADDRESS,
    REACH4_PROOF_SECONDS: '8',
  };
  // AWS's clients read the process's own.
  const before = Object.fromEntries(Object.keys(credentials).map((name) => [name, process.env[name]]));
  Object.assign(process.env, credentials);
  const secrets = watchSecrets(() => secretsIn(env));
  let text = '';
  const say = (more: string): void => {
    text += more;
    secrets.saw(more);
  };
  const context = (around: Surroundings = {}): StackContext => ({
    ...contextOf({ realNet: true, ...around }),
    folder,
    env,
    io: {
      out: say,
      err: say,
      isTTY: false,
      page: { width: 100, color: false, drawing: false },
    },
  });
  await nodePorts().files.write(join(folder, '.reach4', 'diagnosis.json'), JSON.stringify(diagnosis()));
  return {
    aws,
    byHand: awsClients(aws.url, hand, 'eu-central-1'),
    dead,
    context,
    printed: () => {
      const all = text;
      text = '';
      return all;
    },
    plan: (relayOptions = {}, around = {}) =>
      plan(
        {
          ...NO_FLAGS,
          remedy: 'relay',
          relay: { ...NO_RELAY_OPTIONS, region: 'eu-central-1', ...relayOptions },
        },
        context(around),
      ),
    read: (file) => readFile(join(folder, file), 'utf8'),
    exists: () => aws.exists().map(({ type, id }) => `${type} ${id}`),
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
      await new Promise((resolve) => relay.close(resolve));
      await aws.stop();
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      secrets.stop();
      const told = await secrets.found(base);
      await rm(base, { recursive: true, force: true });
      if (told.length > 0) throw new Error(`a secret is told in ${told.join(', ')}`);
    },
  };
}

/** The server greets over IPv6, seen from here and from outside, and the line has no IPv4 address. */
function diagnosis() {
  const identity: Identity = { kind: 'banner', text: '220 home.example.org ready', sha256: 'c'.repeat(64) };
  const six = (from?: 'outside-1') => reach(STABLE6, { identity, ...(from === undefined ? {} : { from }) });
  const the = caseOf({
    target: `tcp://home.example.org:${PORT}`,
    evidence: [...LINE, six(), six('outside-1'), ...zone([])],
  });
  return judge(the, { at: new Date(), by: '0.0.0', complete: true });
}
