import {
  AllocateStaticIpCommand,
  AttachStaticIpCommand,
  CreateInstancesCommand,
  type CreateInstancesCommandInput,
  DeleteInstanceCommand,
  DetachStaticIpCommand,
  GetInstanceCommand,
  type PortInfo,
  PutInstancePublicPortsCommand,
  ReleaseStaticIpCommand,
} from '@aws-sdk/client-lightsail';
import { testCredentials } from './api/access.ts';
import type { AwsOptions, Route } from './api/options.ts';
import { startAws } from './api/server.ts';
import { awsClients } from './clients.ts';

export const nano = { availabilityZone: 'eu-central-1a', blueprintId: 'debian_12', bundleId: 'nano_3_0' };

/** Lightsail with a clock that stands still, and its calls in short. */
export async function startLightsailWorld(options: Partial<AwsOptions> = {}) {
  const credentials = testCredentials('lightsail');
  let now = Date.parse('2026-01-01T00:00:00Z');
  const routes: Route[] = [];
  const aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    clock: () => now,
    times: { lightsailCreate: 60_000, lightsailDelete: 60_000 },
    instanceAddresses: (ordinal, turn) => ({
      publicIpv4: `127.0.${ordinal}.${turn}`,
      ipv6: `fd00::${ordinal}`,
    }),
    staticAddress: (ordinal) => `127.1.0.${ordinal}`,
    onRoute: (route) => void routes.push(route),
    ...options,
  });
  const { lightsail: client } = awsClients(aws.url, credentials);
  return {
    aws,
    client,
    routes,
    /** Of another region. */
    elsewhere: awsClients(aws.url, credentials, 'us-east-1').lightsail,
    now: () => now,
    /** Until everything that is going on is done. */
    wait: () => {
      now += 60_000;
    },
    create: (name: string, input: Partial<CreateInstancesCommandInput> = {}) =>
      client.send(new CreateInstancesCommand({ instanceNames: [name], ...nano, ...input })),
    get: async (instanceName: string) =>
      (await client.send(new GetInstanceCommand({ instanceName }))).instance,
    remove: (instanceName: string) => client.send(new DeleteInstanceCommand({ instanceName })),
    allocate: (staticIpName: string) => client.send(new AllocateStaticIpCommand({ staticIpName })),
    attach: (staticIpName: string, instanceName: string) =>
      client.send(new AttachStaticIpCommand({ staticIpName, instanceName })),
    detach: (staticIpName: string) => client.send(new DetachStaticIpCommand({ staticIpName })),
    release: (staticIpName: string) => client.send(new ReleaseStaticIpCommand({ staticIpName })),
    put: (instanceName: string, ...portInfos: PortInfo[]) =>
      client.send(new PutInstancePublicPortsCommand({ instanceName, portInfos })),
  };
}
export type LightsailWorld = Awaited<ReturnType<typeof startLightsailWorld>>;
