import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChangeResourceRecordSetsCommand, type RRType } from '@aws-sdk/client-route-53';
import type { StackContext } from '../../../../src/cli/stack/context.ts';
import { plan } from '../../../../src/cli/stack/plan.ts';
import type { PlanOptions } from '../../../../src/cli/stack/plan-options.ts';
import { nodePorts } from '../../../../src/ports/node/node-ports.ts';
import type { Ports } from '../../../../src/ports/ports.ts';
import { testCredentials } from '../../../engine/aws/api/access.ts';
import { type Aws, startAws } from '../../../engine/aws/api/server.ts';
import { awsClients } from '../../../engine/aws/clients.ts';
import { startAwsProvider } from '../../../engine/aws/provider/start.ts';
import { NAME, ZONE } from '../../../support/names.ts';
import { NO_FLAGS, type World, world } from '../world.ts';

export const ID = 'Z0123456789';

const caller = testCredentials('records');
const hand = testCredentials('hand');

interface Set53 {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly values: string[];
}

export interface SetsWorld extends AsyncDisposable {
  readonly the: World;
  readonly aws: Aws;
  context(): StackContext;
  plan(flags?: Partial<PlanOptions>): Promise<number>;
  /** `A 1800 81.2.99.77` and the like, of the home's name. */
  sets(): string[];
  /** Writes a set as somebody else would. */
  write(set: Omit<Set53, 'name'>): Promise<void>;
  /** Whether the secret key is in any file of the project. */
  leaks(): Promise<string[]>;
}

/** A project folder, an account at the stand-in for AWS that holds the zone, and the real engine; no token of Cloudflare's. */
export async function setsWorld(
  records: readonly Set53[],
  allow: readonly string[] = ['*'],
): Promise<SetsWorld> {
  await using disposal = new AsyncDisposableStack();
  const the = disposal.use(await world([], { zoneName: 'example.com' }));
  const aws = await startAws({
    callers: { [caller.accessKeyId]: { allow: [...allow] }, [hand.accessKeyId]: { behindTheScenes: true } },
    zones: [{ name: ZONE, id: ID, records: [...records] }],
  });
  disposal.defer(() => aws.stop());
  const credentials = {
    AWS_ACCESS_KEY_ID: caller.accessKeyId,
    AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const environment = { ...credentials, AWS_REGION: 'us-east-1' };
  const provider = disposal.use(await startAwsProvider({ endpoint: aws.url, environment }));
  Object.assign(the.env, credentials, {
    CLOUDFLARE_API_TOKEN: '',
    PULUMI_DEBUG_PROVIDERS: `${the.env.PULUMI_DEBUG_PROVIDERS},${provider.attach}`,
  });
  // AWS's clients read the process's own.
  const before = Object.fromEntries(Object.keys(credentials).map((name) => [name, process.env[name]]));
  Object.assign(process.env, credentials);
  disposal.defer(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const byHand = awsClients(aws.url, hand, 'us-east-1');
  const context = (): StackContext => the.context({ ports: portsOf() });
  const all = disposal.move();
  return {
    the,
    aws,
    context,
    plan: (flags = {}) => plan({ ...NO_FLAGS, ...flags }, context()),
    sets: () =>
      [...aws.account.zones.get(ID).sets.values()]
        .filter((set) => set.Name === `${NAME}.`)
        .map(({ Type, TTL, ResourceRecords = [] }) =>
          [Type, TTL, ResourceRecords.map(({ Value }) => Value)].join(' '),
        )
        .sort(),
    write: async ({ type, ttl, values }) => {
      const ResourceRecordSet = {
        Name: NAME,
        Type: type as RRType,
        TTL: ttl,
        ResourceRecords: values.map((Value) => ({ Value })),
      };
      const ChangeBatch = { Changes: [{ Action: 'UPSERT' as const, ResourceRecordSet }] };
      await byHand.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: ID, ChangeBatch }));
    },
    leaks: async () => {
      const entries = await readdir(the.folder, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));
      const found: string[] = [];
      for (const file of files)
        if ((await readFile(file, 'utf8')).includes(caller.secretAccessKey)) found.push(file);
      return found;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** The domain's name servers are the zone's; nobody else is asked. */
function portsOf(): Ports {
  const real = nodePorts();
  const servers = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com'].map((name) => ({ name, addresses: [] }));
  const nameServers: Ports['dns']['nameServers'] = async () => ({
    zone: ZONE,
    kind: 'answer',
    authoritative: false,
    servers,
  });
  return { ...real, dns: { ...real.dns, resolvers: async () => ['192.0.2.53'], nameServers } };
}
