import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { judge } from '../../../../src/cli/diagnose/judge.ts';
import { type CdnOptions, NO_CDN_OPTIONS } from '../../../../src/cli/stack/cdn/options.ts';
import type { StackContext } from '../../../../src/cli/stack/context.ts';
import { plan } from '../../../../src/cli/stack/plan.ts';
import type { PlanOptions } from '../../../../src/cli/stack/plan-options.ts';
import { nodePorts } from '../../../../src/ports/node/node-ports.ts';
import { testCredentials } from '../../../engine/aws/api/access.ts';
import { type Aws, startAws } from '../../../engine/aws/api/server.ts';
import { awsClients } from '../../../engine/aws/clients.ts';
import { startAwsProvider } from '../../../engine/aws/provider/start.ts';
import { ensureEngine } from '../../../engine/engine.ts';
import { caseOf } from '../../../support/home.ts';
import { NAME, ZONE } from '../../../support/names.ts';
import { secretsIn, watchSecrets } from '../../../support/secrets.ts';
import { contextOf, type Surroundings } from '../relay/planning.ts';
import { NO_FLAGS } from '../world.ts';
import { atRoute53 } from './evidence.ts';

export const ZONE_ID = 'Z0CDN';
const caller = testCredentials('cdn');
const hand = testCredentials('hand');

export interface CdnWorld extends AsyncDisposable {
  readonly aws: Aws;
  readonly byHand: ReturnType<typeof awsClients>;
  /** What was wrong with the zone after a change of it, such as a name without its AAAA. */
  readonly lacking: string[];
  printed(): string;
  context(around?: Surroundings): StackContext;
  plan(flags?: Partial<PlanOptions>, cdn?: Partial<CdnOptions>): Promise<number>;
  /** The literal `pulumi`, after the `export` line that `plan` printed. */
  pulumi(...args: string[]): Promise<{ exitCode: number; output: string }>;
  /** The sets of the zone that aren't its own, as text. */
  sets(): string[];
  /** What there is beside the zone. */
  exists(): string[];
  read(file: string): Promise<string>;
}

/** A project folder, an account at the stand-in for AWS with a zone, and the real engine. */
export async function cdnWorld(
  records: { name: string; type: string; ttl: number; values: string[] }[],
  allow: readonly string[] = ['*'],
): Promise<CdnWorld> {
  const engine = await ensureEngine();
  const base = await mkdtemp(join(tmpdir(), 'reach4 cdn-'));
  const folder = join(base, 'project');
  await mkdir(folder);
  await mkdir(join(base, 'home'));
  const aws = await startAws({
    callers: { [caller.accessKeyId]: { allow: [...allow] }, [hand.accessKeyId]: { behindTheScenes: true } },
    zones: [{ name: ZONE, id: ZONE_ID, records }],
  });
  const lacking: string[] = [];
  const { zones } = aws.account;
  const newChange = zones.newChange.bind(zones);
  zones.newChange = () => {
    if (!zones.get(ZONE_ID).sets.has(`${NAME}. AAAA`)) lacking.push(`${NAME} AAAA`);
    return newChange();
  };
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
    REACH4_SETTLE_SECONDS: '1',
    REACH4_PROOF_SECONDS: '1',
    // The stand-in's distributions can't be asked.
    REACH4_UNPROVEN: 'yes',
  };
  const before = Object.fromEntries(Object.keys(credentials).map((name) => [name, process.env[name]]));
  Object.assign(process.env, credentials);
  const secrets = watchSecrets(() => secretsIn(env));
  let text = '';
  let exportLine = 'true';
  const say = (more: string): void => {
    text += more;
    secrets.saw(more);
    exportLine = /^ {2}(export .*)$/mu.exec(more)?.[1] ?? exportLine;
  };
  const context = (around: Surroundings = {}): StackContext => {
    const made = contextOf({ identify: () => ({ ...HTTP }), ...around });
    return {
      ...made,
      ports: { ...made.ports, dns: { ...made.ports.dns, nameServers: async () => null } },
      folder,
      env,
      io: { out: say, err: say, isTTY: false, page: { width: 100, color: false, drawing: false } },
    };
  };
  const addresses = records.filter(({ name, type }) => name === NAME && type === 'A');
  const the = caseOf({ evidence: atRoute53(addresses.flatMap(({ values }) => values)) });
  const diagnosis = judge(the, { at: new Date(), by: '0.0.0', complete: true });
  await nodePorts().files.write(join(folder, '.reach4', 'diagnosis.json'), JSON.stringify(diagnosis));
  return {
    aws,
    byHand: awsClients(aws.url, hand, 'us-east-1'),
    lacking,
    context,
    printed: () => {
      const all = text;
      text = '';
      return all;
    },
    plan: (flags = {}, cdn = {}) =>
      plan({ ...NO_FLAGS, remedy: 'cdn', ...flags, cdn: { ...NO_CDN_OPTIONS, ...cdn } }, context()),
    pulumi: async (...args) => {
      const line = `${exportLine} && exec pulumi "$@" --non-interactive --color never`;
      const run = await execa('sh', ['-c', line, 'sh', ...args], {
        cwd: folder,
        env: { ...env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
        extendEnv: false,
        all: true,
        reject: false,
      });
      secrets.saw(run.all);
      return { exitCode: run.exitCode ?? -1, output: run.all };
    },
    sets: () =>
      [...zones.get(ZONE_ID).sets.values()]
        .filter(({ Type }) => Type !== 'NS' && Type !== 'SOA')
        .map(({ Name = '', Type, TTL, ResourceRecords = [], AliasTarget }) =>
          AliasTarget === undefined
            ? `${Name} ${Type} ${TTL} ${ResourceRecords.map(({ Value }) => Value).join(',')}`
            : `${Name} ${Type} alias`,
        )
        .map((each) => each.replace(/_\w{32}/u, '_NAME').replace(/_\w{32}.*$/u, '_VALUE'))
        .toSorted(),
    exists: () => aws.exists().flatMap(({ type }) => (type === 'record' ? [] : [type])),
    read: (file) => readFile(join(folder, file), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
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

const HTTP = {
  kind: 'http',
  status: 301,
  server: 'nginx',
  location: `https://${NAME}/`,
  title: null,
  bodySha256: 'e'.repeat(64),
} as const;
