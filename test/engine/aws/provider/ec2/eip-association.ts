/** internal/service/ec2/ec2_eip_association.go */

import { AssociateAddressCommand, DisassociateAddressCommand } from '@aws-sdk/client-ec2';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { doing, tolerating } from '../errors.ts';
import { isGone } from '../gone.ts';
import { regional } from '../tags.ts';
import { seen } from '../wait.ts';
import { findByAssociation } from './eip.ts';

const input = { type: 'string', optional: true, computed: true, forceNew: true } as const;

/** Everything replaces. Its id is the association's, so its delete takes the address from nobody else. */
export const eipAssociation: ResourceType = {
  token: 'aws:ec2/eipAssociation:EipAssociation',
  schema: {
    ...regional,
    allocationId: input,
    allowReassociation: { type: 'boolean', optional: true, forceNew: true },
    instanceId: input,
    networkInterfaceId: input,
    privateIpAddress: input,
    publicIp: input,
  },
  create: async ({ ec2 }, data) => {
    const call = ec2.send(
      new AssociateAddressCommand({
        AllocationId: data.maybeText('allocationId'),
        AllowReassociation: data.flag('allowReassociation') || undefined,
        InstanceId: data.maybeText('instanceId'),
        NetworkInterfaceId: data.maybeText('networkInterfaceId'),
        PrivateIpAddress: data.maybeText('privateIpAddress'),
        PublicIp: data.maybeText('publicIp'),
      }),
    );
    data.id = (await doing('creating EC2 EIP Association', call)).AssociationId ?? '';
    const look = seen(true, () => findByAssociation(ec2, data.id));
    await doing(`waiting for EC2 EIP Association (${data.id}) create`, look);
  },
  read: async ({ ec2 }, data) => {
    const what = `reading EC2 EIP Association (${data.id})`;
    const found = await doing(what, findByAssociation(ec2, data.id));
    if (isGone(found, data, what)) {
      return;
    }
    data.set({
      allocationId: found.AllocationId,
      instanceId: found.InstanceId ?? '',
      networkInterfaceId: found.NetworkInterfaceId ?? '',
      privateIpAddress: found.PrivateIpAddress ?? '',
      publicIp: found.PublicIp,
    });
  },
  delete: async ({ ec2 }, { id: AssociationId }) => {
    const call = ec2.send(new DisassociateAddressCommand({ AssociationId }));
    const what = `deleting EC2 EIP Association (${AssociationId})`;
    await tolerating(['InvalidAssociationID.NotFound'], what, call);
  },
  import: importById,
};
