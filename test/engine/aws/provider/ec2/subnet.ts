/** internal/service/ec2/vpc_subnet.go, without IPAM and outposts. */
import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  ModifySubnetAttributeCommand,
  type ModifySubnetAttributeCommandInput,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { cidrProblem, oneOf } from '../bridge/validators.ts';
import { doing, tolerating } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { seen, waitFor } from '../wait.ts';
import { lookForLingeringInterfaces, retag, retrying, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidSubnetID.NotFound';

interface Attribute {
  /** What a subnet has, and how that is asked for. */
  of: (subnet: Subnet) => boolean | undefined;
  input: (value: boolean) => Omit<ModifySubnetAttributeCommandInput, 'SubnetId'>;
}

/** One at a time. The first is last, since it needs the IPv6 block. */
const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  enableDns64: { of: (one) => one.EnableDns64, input: (Value) => ({ EnableDns64: { Value } }) },
  enableResourceNameDnsAaaaRecordOnLaunch: {
    of: (one) => one.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsAAAARecord,
    input: (Value) => ({ EnableResourceNameDnsAAAARecordOnLaunch: { Value } }),
  },
  enableResourceNameDnsARecordOnLaunch: {
    of: (one) => one.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsARecord,
    input: (Value) => ({ EnableResourceNameDnsARecordOnLaunch: { Value } }),
  },
  mapPublicIpOnLaunch: {
    of: (one) => one.MapPublicIpOnLaunch,
    input: (Value) => ({ MapPublicIpOnLaunch: { Value } }),
  },
  assignIpv6AddressOnCreation: {
    of: (one) => one.AssignIpv6AddressOnCreation,
    input: (Value) => ({ AssignIpv6AddressOnCreation: { Value } }),
  },
};

export const subnet: ResourceType = {
  token: 'aws:ec2/subnet:Subnet',
  schema: {
    ...regional,
    ...tagged,
    vpcId: { type: 'string', required: true, forceNew: true },
    availabilityZone: {
      type: 'string',
      optional: true,
      computed: true,
      forceNew: true,
      conflictsWith: ['availabilityZoneId'],
    },
    availabilityZoneId: {
      type: 'string',
      optional: true,
      computed: true,
      forceNew: true,
      conflictsWith: ['availabilityZone'],
    },
    cidrBlock: {
      type: 'string',
      optional: true,
      computed: true,
      forceNew: true,
      validate: cidrProblem('ipv4'),
    },
    ipv6CidrBlock: { type: 'string', optional: true, computed: true, validate: cidrProblem('ipv6') },
    ipv6Native: { type: 'boolean', optional: true, forceNew: true, default: false },
    assignIpv6AddressOnCreation: { type: 'boolean', optional: true, default: false },
    enableDns64: { type: 'boolean', optional: true, default: false },
    enableResourceNameDnsAaaaRecordOnLaunch: { type: 'boolean', optional: true, default: false },
    enableResourceNameDnsARecordOnLaunch: { type: 'boolean', optional: true, default: false },
    mapPublicIpOnLaunch: { type: 'boolean', optional: true, default: false },
    privateDnsHostnameTypeOnLaunch: {
      type: 'string',
      optional: true,
      computed: true,
      validate: oneOf('ip-name', 'resource-name'),
    },
    arn: { type: 'string', computed: true },
    ipv6CidrBlockAssociationId: { type: 'string', computed: true },
    ownerId: { type: 'string', computed: true },
  },
  /** The block can't be changed while addresses of it are assigned (terraform-provider-aws#46017). */
  alsoReplaces: ({ prior }) => (prior.assignIpv6AddressOnCreation === true ? ['ipv6CidrBlock'] : []),
  create: async ({ ec2 }, data) => {
    const call = ec2.send(
      new CreateSubnetCommand({
        VpcId: data.text('vpcId'),
        AvailabilityZone: data.maybeText('availabilityZone'),
        AvailabilityZoneId: data.maybeText('availabilityZoneId'),
        CidrBlock: data.maybeText('cidrBlock'),
        Ipv6CidrBlock: data.maybeText('ipv6CidrBlock'),
        Ipv6Native: data.flag('ipv6Native') || undefined,
        TagSpecifications: tagSpecifications('subnet', data),
      }),
    );
    data.id = (await doing('creating EC2 Subnet', call)).Subnet?.SubnetId ?? '';
    const what = `waiting for EC2 Subnet (${data.id}) create`;
    const look = async () => (await find(ec2, data.id))?.State;
    await doing(what, waitFor(look, { pending: ['pending'], target: ['available'] }));
    const made = await doing(what, find(ec2, data.id));
    for (const [name, { of }] of Object.entries(ATTRIBUTES)) {
      if (made !== undefined && data.flag(name) !== (of(made) ?? false)) {
        await modify(ec2, data.id, name, data.flag(name));
      }
    }
  },
  read: async (cloud, data) => {
    const look = seen(data.isNew, () => find(cloud.ec2, data.id));
    const found = await doing(`reading EC2 Subnet (${data.id})`, look);
    if (found === undefined) {
      data.gone();
      return;
    }
    const ipv6 = found.Ipv6CidrBlockAssociationSet?.find(
      ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated',
    );
    data.set({
      arn: found.SubnetArn,
      availabilityZone: found.AvailabilityZone,
      availabilityZoneId: found.AvailabilityZoneId,
      cidrBlock: found.CidrBlock,
      ipv6Native: found.Ipv6Native,
      ownerId: found.OwnerId,
      vpcId: found.VpcId,
      ipv6CidrBlock: ipv6?.Ipv6CidrBlock,
      ipv6CidrBlockAssociationId: ipv6?.AssociationId,
      privateDnsHostnameTypeOnLaunch: found.PrivateDnsNameOptionsOnLaunch?.HostnameType,
      ...Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, { of }]) => [name, of(found)])),
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
  },
  retag,
  update: async ({ ec2 }, data) => {
    if (data.changed('ipv6CidrBlock', 'privateDnsHostnameTypeOnLaunch')) {
      throw new Error('the stand-in changes neither the IPv6 block nor the kind of host names of a subnet');
    }
    for (const name of Object.keys(ATTRIBUTES)) {
      if (data.changed(name)) {
        await modify(ec2, data.id, name, data.flag(name));
      }
    }
  },
  delete: async ({ ec2 }, { id: SubnetId }) => {
    await lookForLingeringInterfaces(ec2, 'subnet-id', SubnetId);
    const call = retrying(['DependencyViolation'], () => ec2.send(new DeleteSubnetCommand({ SubnetId })));
    await tolerating([NOT_FOUND], `deleting EC2 Subnet (${SubnetId})`, call);
  },
  import: importById,
};

async function find(ec2: EC2Client, id: string): Promise<Subnet | undefined> {
  const command = new DescribeSubnetsCommand({ SubnetIds: [id] });
  return (await unless([NOT_FOUND], ec2.send(command)))?.Subnets?.[0];
}

async function modify(ec2: EC2Client, id: string, name: string, value: boolean): Promise<void> {
  const attribute = ATTRIBUTES[name];
  if (attribute === undefined) {
    return;
  }
  const call = ec2.send(new ModifySubnetAttributeCommand({ SubnetId: id, ...attribute.input(value) }));
  await doing(`modifying EC2 Subnet (${id}) ${name}`, call);
  const look = async () => {
    const found = await find(ec2, id);
    return found === undefined ? undefined : String(attribute.of(found) ?? false);
  };
  await waitFor(look, { target: [String(value)] });
}
