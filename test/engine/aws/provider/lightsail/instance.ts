/** hashicorp/terraform-provider-aws, internal/service/lightsail/instance.go */
import {
  CreateInstancesCommand,
  DeleteInstanceCommand,
  GetInstanceCommand,
  type Instance,
  type IpAddressType,
  type LightsailClient,
  SetIpAddressTypeCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lightsail';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { doing, failed, hasCode } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { operationsDone } from './operation.ts';

/** `LightsailDefaultKeyPair` is what one without a key pair has. */
const DEFAULT_KEY_PAIR = 'LightsailDefaultKeyPair';

function nameProblem(name: string | number): string | undefined {
  const text = String(name);
  if (text.length < 2 || text.length > 255) {
    return 'to be between 2 and 255 characters';
  }
  if (!/^[a-zA-Z0-9]/.test(text)) {
    return 'must begin with an alphanumeric character';
  }
  return /^[a-zA-Z0-9_\-.]+[^._-]$/.test(text)
    ? undefined
    : 'must contain only alphanumeric characters, underscores, hyphens, and dots';
}

export const lightsailInstance: ResourceType = {
  token: 'aws:lightsail/instance:Instance',
  schema: {
    ...regional,
    ...tagged,
    name: { type: 'string', required: true, forceNew: true, validate: nameProblem },
    availabilityZone: { type: 'string', required: true, forceNew: true },
    blueprintId: { type: 'string', required: true, forceNew: true },
    bundleId: { type: 'string', required: true, forceNew: true },
    keyPairName: {
      type: 'string',
      optional: true,
      forceNew: true,
      suppress: ({ before, after }) => before === DEFAULT_KEY_PAIR && after === undefined,
    },
    /** The API never tells it: a change by hand is never seen. */
    userData: { type: 'string', optional: true, forceNew: true },
    ipAddressType: { type: 'string', optional: true, default: 'dualstack' },
    arn: { type: 'string', computed: true },
    createdAt: { type: 'string', computed: true },
    cpuCount: { type: 'number', computed: true },
    ramSize: { type: 'number', computed: true },
    ipv6Addresses: { type: 'list', computed: true },
    isStaticIp: { type: 'boolean', computed: true },
    privateIpAddress: { type: 'string', computed: true },
    publicIpAddress: { type: 'string', computed: true },
    username: { type: 'string', computed: true },
  },
  refuse: (cloud, { planned }) => {
    if (!String(planned.availabilityZone).startsWith(cloud.region)) {
      throw new Error(`availability_zone must be within the same region as provider region: ${cloud.region}`);
    }
  },
  create: async ({ lightsail }, data) => {
    const name = data.text('name');
    const what = `creating Lightsail Instance (${name})`;
    const call = lightsail.send(
      new CreateInstancesCommand({
        instanceNames: [name],
        availabilityZone: data.text('availabilityZone'),
        blueprintId: data.text('blueprintId'),
        bundleId: data.text('bundleId'),
        keyPairName: data.maybeText('keyPairName'),
        userData: data.maybeText('userData'),
        ipAddressType: data.maybeText('ipAddressType') as IpAddressType | undefined,
        tags: Object.entries(data.tags).map(([key, value]) => ({ key, value })),
      }),
    );
    const { operations } = await doing(what, call);
    // The id only after this: an instance whose operation could not be asked for is there and in no state.
    await operationsDone(lightsail, operations, what);
    data.id = name;
  },
  read: async (cloud, data) => {
    const found = await findInstance(cloud.lightsail, data.id);
    if (found === undefined) {
      if (data.isNew) {
        throw new Error(`reading Lightsail Instance (${data.id}): couldn't find resource`);
      }
      data.gone();
      return;
    }
    data.set({
      availabilityZone: found.location?.availabilityZone,
      blueprintId: found.blueprintId,
      bundleId: found.bundleId,
      keyPairName: found.sshKeyName,
      name: found.name,
      arn: found.arn,
      username: found.username,
      createdAt: found.createdAt?.toISOString().replace(/\.\d+Z$/, 'Z'),
      cpuCount: found.hardware?.cpuCount,
      ramSize: found.hardware?.ramSizeInGb,
      ipv6Addresses: found.ipv6Addresses ?? [],
      ipAddressType: found.ipAddressType,
      isStaticIp: found.isStaticIp,
      privateIpAddress: found.privateIpAddress,
      publicIpAddress: found.publicIpAddress,
      ...tagState(cloud, data, tagsFrom(found.tags)),
    });
  },
  retag: async ({ lightsail }, resourceName, removed, updated) => {
    const what = `updating tags for Lightsail Instance (${resourceName})`;
    if (removed.length > 0) {
      await doing(what, lightsail.send(new UntagResourceCommand({ resourceName, tagKeys: removed })));
    }
    const tags = Object.entries(updated).map(([key, value]) => ({ key, value }));
    if (tags.length > 0) {
      await doing(what, lightsail.send(new TagResourceCommand({ resourceName, tags })));
    }
  },
  update: async ({ lightsail }, data) => {
    if (data.changed('ipAddressType')) {
      const what = `updating Lightsail Instance (${data.id})`;
      const call = lightsail.send(
        new SetIpAddressTypeCommand({
          resourceName: data.id,
          resourceType: 'Instance',
          ipAddressType: data.text('ipAddressType') as IpAddressType,
        }),
      );
      const { operations } = await doing(what, call);
      await operationsDone(lightsail, operations, what);
    }
  },
  delete: async ({ lightsail }, { id: instanceName }) => {
    const what = `deleting Lightsail Instance (${instanceName})`;
    try {
      const call = lightsail.send(new DeleteInstanceCommand({ instanceName, forceDeleteAddOns: true }));
      await operationsDone(lightsail, (await call).operations, what);
    } catch (error) {
      if (!hasCode(error, 'NotFoundException')) {
        throw failed(what, error);
      }
    }
  },
  import: importById,
};

/** Undefined if there is none (internal/service/lightsail/find.go, `FindInstanceById`). */
async function findInstance(lightsail: LightsailClient, instanceName: string): Promise<Instance | undefined> {
  try {
    return (await lightsail.send(new GetInstanceCommand({ instanceName }))).instance;
  } catch (error) {
    if (hasCode(error, 'NotFoundException')) {
      return undefined;
    }
    throw failed(`reading Lightsail Instance (${instanceName})`, error);
  }
}
