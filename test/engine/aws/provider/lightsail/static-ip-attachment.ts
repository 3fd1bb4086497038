/** hashicorp/terraform-provider-aws, internal/service/lightsail/static_ip_attachment.go */
import { AttachStaticIpCommand, DetachStaticIpCommand } from '@aws-sdk/client-lightsail';
import type { ResourceType } from '../bridge/resource-type.ts';
import { doing } from '../errors.ts';
import { regional } from '../tags.ts';
import { findStaticIp } from './static-ip.ts';

/**
 * Its id is the address's name, and its delete detaches by that: whoever has the address by then loses it. There is no
 * import of it.
 */
export const staticIpAttachment: ResourceType = {
  token: 'aws:lightsail/staticIpAttachment:StaticIpAttachment',
  schema: {
    ...regional,
    staticIpName: { type: 'string', required: true, forceNew: true },
    instanceName: { type: 'string', required: true, forceNew: true },
    ipAddress: { type: 'string', computed: true },
  },
  create: async ({ lightsail }, data) => {
    const staticIpName = data.text('staticIpName');
    const instanceName = data.text('instanceName');
    const call = lightsail.send(new AttachStaticIpCommand({ staticIpName, instanceName }));
    await doing('creating Lightsail Static IP Attachment', call);
    data.id = staticIpName;
  },
  read: async ({ lightsail }, data) => {
    const what = `reading Lightsail Static IP Attachment (${data.id})`;
    const found = await findStaticIp(lightsail, data.text('staticIpName'), what);
    if (found?.isAttached !== true) {
      data.gone();
      return;
    }
    data.set({ instanceName: found.attachedTo, ipAddress: found.ipAddress });
  },
  /** Not attached or not there is an error: nothing is tolerated. */
  delete: async ({ lightsail }, data) => {
    const call = lightsail.send(new DetachStaticIpCommand({ staticIpName: data.text('staticIpName') }));
    await doing(`deleting Lightsail Static IP Attachment (${data.id})`, call);
  },
};
