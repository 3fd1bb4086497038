import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GetInstancePortStatesCommand } from '@aws-sdk/client-lightsail';
import { parse, stringify } from 'yaml';
import type { RelayPlan } from '../../src/model/relay-plan.ts';
import { atCloudflare, relayPlanOf } from '../components/relay-plans.ts';
import { NAME, ZONE } from '../support/names.ts';
import { testCredentials } from './aws/api/access.ts';
import type { AwsOptions } from './aws/api/options.ts';
import { startAws } from './aws/api/server.ts';
import { awsClients } from './aws/clients.ts';
import { startAwsProvider } from './aws/provider/start.ts';
import { dnsEdit, testToken } from './cloudflare/api/access.ts';
import { startCloudflareApi } from './cloudflare/api/server.ts';
import { startCloudflareProvider } from './cloudflare/provider/start.ts';
import { ensureEngine } from './engine.ts';
import { type EngineFolderOptions, engineFolder, type RunOptions, repository } from './folder.ts';

/** The static address that the stand-in gives first. */
export const ADDRESS = '127.78.0.1';
/** Where clients come to the relay; free on this machine. */
export const PORT = await freePort();
const GREETING = '220 home.example.org ready\r\n';

const region = 'eu-central-1';
const token = testToken('relay');
const program = testCredentials('program');
const hand = testCredentials('hand');

export interface RelayWorldOptions {
  aws?: Partial<AwsOptions>;
  environment?: Record<string, string>;
  folder?: Pick<EngineFolderOptions, 'resolver' | 'timeoutMs'>;
}

/** Which host of those made, from 1, has the address that somebody came to. */
const hostAt = (address: string | undefined): number =>
  Number(/127\.77\.(\d+)\.\d+$/u.exec(address ?? '')?.[1]);

export const tcpPlan = (more: Partial<RelayPlan> = {}): RelayPlan =>
  relayPlanOf(atCloudflare(), {
    settings: {
      services: [{ kind: 'tcp', port: PORT, origin: { host: NAME, port: 22 }, proxyProtocol: false }],
      rebootAt: '04:30',
    },
    identity: null,
    ...more,
  });

/**
 * A project with a relay's plan, the literal `pulumi`, and stand-ins for AWS and Cloudflare. What a relay's hosts would
 * serve is served here, at addresses of this machine's loopback: host N is 127.77.N.x.
 */
export async function relayWorld({
  aws: more = {},
  environment = {},
  folder: around = {},
}: RelayWorldOptions = {}) {
  const engine = await ensureEngine();
  const timeline: string[] = [];
  const aws = await startAws({
    callers: { [program.accessKeyId]: {}, [hand.accessKeyId]: { behindTheScenes: true } },
    instanceAddresses: (ordinal, turn) => ({ publicIpv4: `127.77.${ordinal}.${turn}`, ipv6: '::1' }),
    staticAddress: (ordinal) => `127.78.0.${ordinal}`,
    ...more,
  });
  /** Writes to AWS up to now, which haven't been told yet. */
  let known = 0;
  const catchUp = (): void => {
    const writes = aws.calls.writes.slice(known);
    known = aws.calls.writes.length;
    timeline.push(...writes.map(({ action }) => action.replace(/^.*:/u, '')));
  };
  const cloudflare = await startCloudflareApi({
    zones: [{ name: ZONE, id: 'zone' }],
    tokens: { [token]: dnsEdit },
    onChange: (zone) => {
      catchUp();
      timeline.push(
        `A ${
          zone
            .list({ type: 'A' })
            .map(({ content }) => content)
            .join(' ') || 'gone'
        }`,
      );
    },
  });
  /** Hosts that never get ready. */
  const dead = new Set<number>();
  const relay = createServer((socket) => {
    const host = hostAt(socket.localAddress);
    socket.on('error', () => {});
    if (dead.has(host)) {
      socket.destroy();
      return;
    }
    catchUp();
    const line = `proof of ${host}`;
    if (timeline.at(-1) !== line) timeline.push(line);
    socket.end(GREETING);
  });
  await new Promise<void>((resolve, reject) => {
    relay.once('error', reject).listen(PORT, '0.0.0.0', resolve);
  });
  const byHand = awsClients(aws.url, hand, region);
  const credentials = {
    AWS_ACCESS_KEY_ID: program.accessKeyId,
    AWS_SECRET_ACCESS_KEY: program.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
    CLOUDFLARE_API_TOKEN: token,
    CLOUDFLARE_BASE_URL: cloudflare.url,
  };
  const providers = [
    await startAwsProvider({ endpoint: aws.url, environment: { ...credentials, AWS_REGION: 'us-east-1' } }),
    await startCloudflareProvider({ environment: credentials, retryBaseMs: 20 }),
  ];
  const folder = await engineFolder(engine, {
    ...around,
    environment: {
      ...credentials,
      AWS_EC2_METADATA_DISABLED: 'true',
      PULUMI_DEBUG_PROVIDERS: providers.map(({ attach }) => attach).join(','),
      // No resolver is asked: what the hold does has its own tests.
      REACH4_RELEASE_ANYWAY: ADDRESS,
      ...environment,
    },
  });
  await folder.write(
    'Pulumi.yaml',
    stringify({
      name: 'reach4',
      runtime: { name: 'nodejs', options: { typescript: false } },
      main: join(repository, 'dist', 'stacks', 'index.js'),
      options: { refresh: 'always' },
    }),
  );
  await folder.pulumi(['stack', 'init', 'test']);
  const run = (command: string, ...flags: string[]) =>
    folder.pulumi([command, '--yes', '--skip-preview', ...flags]);
  return {
    aws,
    cloudflare,
    folder,
    dead,
    hand: byHand,
    plan: async (plan: RelayPlan) => {
      const file = 'Pulumi.test.yaml';
      const before = (parse(await folder.read(file).catch(() => '')) ?? {}) as object;
      await folder.write(file, stringify({ ...before, config: { 'reach4:plan': plan } }));
    },
    up: (...flags: string[]) => run('up', ...flags),
    destroy: (...flags: string[]) => run('destroy', ...flags),
    destroying: (onOutput: NonNullable<RunOptions['onOutput']>) =>
      folder.pulumi(['destroy', '--yes', '--skip-preview'], {}, { onOutput }),
    /** What the cloud was told and who came to a host, in order, since the last time. */
    timeline: () => {
      catchUp();
      return timeline.splice(0);
    },
    /** The host that has the address. */
    attachedTo: () => aws.account.region(region).lightsail.staticIps[0]?.attachedTo,
    openPorts: async (instanceName: string) => {
      const { portStates = [] } = await byHand.lightsail.send(
        new GetInstancePortStatesCommand({ instanceName }),
      );
      return portStates.map(({ protocol, fromPort }) => `${protocol} ${fromPort}`);
    },
    /** Until the cloud has done what it is about to. */
    settled: () => pause(400),
    /** What is there and costs. */
    exists: () => aws.exists().map(({ type, id }) => `${type} ${id}`),
    records: () =>
      cloudflare.zones.flatMap((zone) => zone.list()).map(({ name, content }) => `${name} ${content}`),
    [Symbol.asyncDispose]: async () => {
      for (const provider of providers) await provider[Symbol.asyncDispose]();
      await new Promise((resolve) => relay.close(resolve));
      await cloudflare[Symbol.asyncDispose]();
      await aws.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}
export type RelayWorld = Awaited<ReturnType<typeof relayWorld>>;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
