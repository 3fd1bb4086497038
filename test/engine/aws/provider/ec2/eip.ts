/** internal/service/ec2/ec2_eip.go, without pools. */
import {
  type Address,
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesAttributeCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  type EC2Client,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import type { ResourceData } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { oneOf } from '../bridge/validators.ts';
import { doing, tolerating } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { seen } from '../wait.ts';
import { ec2Arn, retag, retrying, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidAllocationID.NotFound';
const WHERE = ['associateWithPrivateIp', 'instance', 'networkInterface'];

export const eip: ResourceType = {
  token: 'aws:ec2/eip:Eip',
  schema: {
    ...regional,
    ...tagged,
    domain: {
      type: 'string',
      optional: true,
      computed: true,
      forceNew: true,
      validate: oneOf('vpc', 'standard'),
    },
    instance: { type: 'string', optional: true, computed: true },
    networkInterface: { type: 'string', optional: true, computed: true },
    associateWithPrivateIp: { type: 'string', optional: true },
    networkBorderGroup: { type: 'string', optional: true, computed: true, forceNew: true },
    allocationId: { type: 'string', computed: true },
    arn: { type: 'string', computed: true },
    associationId: { type: 'string', computed: true },
    carrierIp: { type: 'string', computed: true },
    customerOwnedIp: { type: 'string', computed: true },
    privateDns: { type: 'string', computed: true },
    privateIp: { type: 'string', computed: true },
    ptrRecord: { type: 'string', computed: true },
    publicDns: { type: 'string', computed: true },
    publicIp: { type: 'string', computed: true },
    publicIpv4Pool: { type: 'string', computed: true },
  },
  create: async ({ ec2 }, data) => {
    const call = ec2.send(
      new AllocateAddressCommand({
        Domain: data.maybeText('domain') as 'vpc' | undefined,
        NetworkBorderGroup: data.maybeText('networkBorderGroup'),
        TagSpecifications: tagSpecifications('elastic-ip', data),
      }),
    );
    data.id = (await doing('creating EC2 EIP', call)).AllocationId ?? '';
    await doing(
      `waiting for EC2 EIP (${data.id}) create`,
      seen(true, () => findByAllocation(ec2, data.id)),
    );
    if (data.maybeText('instance') !== undefined || data.maybeText('networkInterface') !== undefined) {
      await retrying([NOT_FOUND], () => associate(ec2, data));
    }
  },
  read: async (cloud, data) => {
    const { ec2, region } = cloud;
    const what = `reading EC2 EIP (${data.id})`;
    const found = await doing(
      what,
      seen(data.isNew, () => findByAllocation(ec2, data.id)),
    );
    if (found === undefined) {
      data.gone();
      return;
    }
    const { PrivateIpAddress: privateIp, PublicIp: publicIp } = found;
    data.set({
      allocationId: found.AllocationId,
      arn: ec2Arn(cloud, `elastic-ip/${data.id}`),
      associationId: found.AssociationId ?? '',
      carrierIp: found.CarrierIp ?? '',
      customerOwnedIp: found.CustomerOwnedIp ?? '',
      domain: found.Domain,
      instance: found.InstanceId ?? '',
      networkBorderGroup: found.NetworkBorderGroup,
      networkInterface: found.NetworkInterfaceId ?? '',
      publicIpv4Pool: found.PublicIpv4Pool,
      privateIp: privateIp ?? '',
      publicIp,
      ...(privateIp && { privateDns: `ip-${dashed(privateIp)}.${region}.compute.internal` }),
      ...(publicIp && { publicDns: `ec2-${dashed(publicIp)}.${region}.compute.amazonaws.com` }),
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
    const AllocationIds = [data.id];
    const command = new DescribeAddressesAttributeCommand({ AllocationIds, Attribute: 'domain-name' });
    const { Addresses } = await doing(`${what} domain name attribute`, ec2.send(command));
    data.set({ ptrRecord: Addresses?.[0]?.PtrRecord?.replace(/\.$/, '') ?? '' });
  },
  retag,
  update: async ({ ec2 }, data) => {
    if (!data.changed(...WHERE)) {
      return;
    }
    await disassociate(ec2, data.maybeText('associationId'));
    if (data.maybeText('instance') !== undefined || data.maybeText('networkInterface') !== undefined) {
      await associate(ec2, data);
    }
  },
  delete: async ({ ec2 }, data) => {
    await disassociate(ec2, data.maybeText('associationId'));
    const call = ec2.send(
      new ReleaseAddressCommand({
        AllocationId: data.id,
        NetworkBorderGroup: data.maybeText('networkBorderGroup'),
      }),
    );
    await tolerating([NOT_FOUND], `deleting EC2 EIP (${data.id})`, call);
  },
  import: importById,
};

async function findByAllocation(ec2: EC2Client, id: string): Promise<Address | undefined> {
  const command = new DescribeAddressesCommand({ AllocationIds: [id] });
  return (await unless([NOT_FOUND, 'InvalidAddress.NotFound'], ec2.send(command)))?.Addresses?.[0];
}

export async function findByAssociation(ec2: EC2Client, id: string): Promise<Address | undefined> {
  const Filters = [{ Name: 'association-id', Values: [id] }];
  return (await ec2.send(new DescribeAddressesCommand({ Filters }))).Addresses?.[0];
}

/** Without `AllowReassociation`. */
async function associate(ec2: EC2Client, data: ResourceData): Promise<void> {
  const what = `associating EC2 EIP (${data.id})`;
  const call = ec2.send(
    new AssociateAddressCommand({
      AllocationId: data.id,
      InstanceId: data.maybeText('instance'),
      NetworkInterfaceId: data.maybeText('networkInterface'),
      PrivateIpAddress: data.maybeText('associateWithPrivateIp'),
    }),
  );
  const { AssociationId = '' } = await doing(what, call);
  await doing(
    what,
    seen(true, () => findByAssociation(ec2, AssociationId)),
  );
}

async function disassociate(ec2: EC2Client, AssociationId: string | undefined): Promise<void> {
  if (AssociationId !== undefined) {
    const call = ec2.send(new DisassociateAddressCommand({ AssociationId }));
    await tolerating(['InvalidAssociationID.NotFound'], `disassociating EC2 EIP (${AssociationId})`, call);
  }
}

function dashed(address: string): string {
  return address.replaceAll('.', '-');
}
