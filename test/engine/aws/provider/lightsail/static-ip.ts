/** hashicorp/terraform-provider-aws, internal/service/lightsail/static_ip.go */
import {
  AllocateStaticIpCommand,
  GetStaticIpCommand,
  type LightsailClient,
  ReleaseStaticIpCommand,
  type StaticIp,
} from '@aws-sdk/client-lightsail';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { doing, failed, hasCode, tolerating } from '../errors.ts';
import { regional } from '../tags.ts';

/** It can't be tagged (and `AllocateStaticIp` takes no tags), so nothing but its name says whose it is. */
export const staticIp: ResourceType = {
  token: 'aws:lightsail/staticIp:StaticIp',
  schema: {
    ...regional,
    name: { type: 'string', required: true, forceNew: true },
    arn: { type: 'string', computed: true },
    ipAddress: { type: 'string', computed: true },
    supportCode: { type: 'string', computed: true },
  },
  create: async ({ lightsail }, data) => {
    const staticIpName = data.text('name');
    const call = lightsail.send(new AllocateStaticIpCommand({ staticIpName }));
    await doing('creating Lightsail Static IP', call);
    data.id = staticIpName;
  },
  read: async ({ lightsail }, data) => {
    const found = await findStaticIp(lightsail, data.id, `reading Lightsail Static IP (${data.id})`);
    if (found === undefined) {
      data.gone();
      return;
    }
    const { name, arn, ipAddress, supportCode } = found;
    data.set({ name, arn, ipAddress, supportCode });
  },
  delete: async ({ lightsail }, data) => {
    const call = lightsail.send(new ReleaseStaticIpCommand({ staticIpName: data.text('name') }));
    await tolerating(['NotFoundException'], `deleting Lightsail Static IP (${data.id})`, call);
  },
  import: importById,
};

/** Undefined if there is none. */
export async function findStaticIp(
  lightsail: LightsailClient,
  staticIpName: string,
  what: string,
): Promise<StaticIp | undefined> {
  try {
    return (await lightsail.send(new GetStaticIpCommand({ staticIpName }))).staticIp;
  } catch (error) {
    if (hasCode(error, 'NotFoundException')) {
      return undefined;
    }
    throw failed(what, error);
  }
}
