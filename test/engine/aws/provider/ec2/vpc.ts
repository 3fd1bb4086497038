/** internal/service/ec2/vpc_.go, without IPAM. */
import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
  type Vpc,
  type VpcAttributeName,
} from '@aws-sdk/client-ec2';
import type { ResourceData } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { cidrProblem, oneOf } from '../bridge/validators.ts';
import { doing, tolerating } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { seen, waitFor } from '../wait.ts';
import { ec2Arn, retag, retrying, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidVpcID.NotFound';

export const vpc: ResourceType = {
  token: 'aws:ec2/vpc:Vpc',
  schema: {
    ...regional,
    ...tagged,
    assignGeneratedIpv6CidrBlock: { type: 'boolean', optional: true },
    cidrBlock: {
      type: 'string',
      optional: true,
      computed: true,
      forceNew: true,
      validate: cidrProblem('ipv4'),
    },
    enableDnsHostnames: { type: 'boolean', optional: true, computed: true },
    enableDnsSupport: { type: 'boolean', optional: true, default: true },
    enableNetworkAddressUsageMetrics: { type: 'boolean', optional: true, computed: true },
    instanceTenancy: {
      type: 'string',
      optional: true,
      default: 'default',
      validate: oneOf('default', 'dedicated'),
    },
    arn: { type: 'string', computed: true },
    defaultNetworkAclId: { type: 'string', computed: true },
    defaultRouteTableId: { type: 'string', computed: true },
    defaultSecurityGroupId: { type: 'string', computed: true },
    dhcpOptionsId: { type: 'string', computed: true },
    ipv6AssociationId: { type: 'string', computed: true },
    ipv6CidrBlock: { type: 'string', computed: true },
    ipv6CidrBlockNetworkBorderGroup: { type: 'string', computed: true },
    mainRouteTableId: { type: 'string', computed: true },
    ownerId: { type: 'string', computed: true },
  },
  create: async ({ ec2 }, data) => {
    const call = ec2.send(
      new CreateVpcCommand({
        AmazonProvidedIpv6CidrBlock: data.flag('assignGeneratedIpv6CidrBlock'),
        CidrBlock: data.maybeText('cidrBlock'),
        InstanceTenancy: data.text('instanceTenancy') as 'default' | 'dedicated',
        TagSpecifications: tagSpecifications('vpc', data),
      }),
    );
    const { Vpc } = await doing('creating EC2 VPC', call);
    data.id = Vpc?.VpcId ?? '';
    await doing(`waiting for EC2 VPC (${data.id}) create`, available(ec2, data.id));
    const [association] = Vpc?.Ipv6CidrBlockAssociationSet ?? [];
    if (association !== undefined) {
      const waiting = associated(ec2, association.AssociationId ?? '');
      await doing(`waiting for EC2 VPC (${data.id}) IPv6 CIDR block associated`, waiting);
    }
    // What a new VPC has unless told otherwise.
    for (const [name, initial] of Object.entries(ATTRIBUTES)) {
      if ((data.maybeFlag(name) ?? initial) !== initial) {
        await modify(ec2, data, name);
      }
    }
  },
  read: async (cloud, data) => {
    const { ec2 } = cloud;
    const what = `reading EC2 VPC (${data.id})`;
    const found = await doing(
      what,
      seen(data.isNew, () => findVpc(ec2, data.id)),
    );
    if (found === undefined) {
      data.gone();
      return;
    }
    data.set({
      arn: ec2Arn(cloud, `vpc/${data.id}`),
      cidrBlock: found.CidrBlock,
      dhcpOptionsId: found.DhcpOptionsId,
      instanceTenancy: found.InstanceTenancy,
      ownerId: found.OwnerId,
    });
    for (const name of Object.keys(ATTRIBUTES)) {
      data.set({ [name]: await doing(what, attribute(ec2, data.id, name)) });
    }
    data.set(await cameWith(ec2, data.id));
    const ipv6 = found.Ipv6CidrBlockAssociationSet?.find(
      ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated',
    );
    data.set({
      assignGeneratedIpv6CidrBlock: ipv6 === undefined ? undefined : ipv6.Ipv6Pool === 'Amazon',
      ipv6AssociationId: ipv6?.AssociationId,
      ipv6CidrBlock: ipv6?.Ipv6CidrBlock,
      ipv6CidrBlockNetworkBorderGroup: ipv6?.NetworkBorderGroup,
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
  },
  retag,
  update: async ({ ec2 }, data) => {
    if (data.changed('assignGeneratedIpv6CidrBlock', 'instanceTenancy')) {
      throw new Error('the stand-in changes neither the IPv6 block nor the tenancy of a VPC');
    }
    for (const name of Object.keys(ATTRIBUTES)) {
      if (data.changed(name)) {
        await modify(ec2, data, name);
      }
    }
  },
  delete: async ({ ec2 }, { id: VpcId }) => {
    // As long as something is in it, again and again.
    const call = retrying(['DependencyViolation'], () => ec2.send(new DeleteVpcCommand({ VpcId })));
    await tolerating([NOT_FOUND], `deleting EC2 VPC (${VpcId})`, call);
    const gone = waitFor(async () => (await findVpc(ec2, VpcId))?.State, { target: [] });
    await doing(`waiting for EC2 VPC (${VpcId}) delete`, gone);
  },
  import: importById,
};

const ATTRIBUTES: Readonly<Record<string, boolean>> = {
  enableDnsHostnames: false,
  enableDnsSupport: true,
  enableNetworkAddressUsageMetrics: false,
};

/** Undefined if there is none. */
export async function findVpc(ec2: EC2Client, id: string): Promise<Vpc | undefined> {
  const answer = await unless([NOT_FOUND], ec2.send(new DescribeVpcsCommand({ VpcIds: [id] })));
  return answer?.Vpcs?.[0];
}

async function available(ec2: EC2Client, id: string): Promise<void> {
  await waitFor(async () => (await findVpc(ec2, id))?.State, { pending: ['pending'], target: ['available'] });
}

async function associated(ec2: EC2Client, association: string): Promise<void> {
  const Filters = [{ Name: 'ipv6-cidr-block-association.association-id', Values: [association] }];
  const look = async () => {
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters }));
    const all = Vpcs?.[0]?.Ipv6CidrBlockAssociationSet ?? [];
    return all.find(({ AssociationId }) => AssociationId === association)?.Ipv6CidrBlockState?.State;
  };
  await waitFor(look, { pending: ['associating', 'disassociated', 'failing'], target: ['associated'] });
}

async function attribute(ec2: EC2Client, VpcId: string, name: string): Promise<boolean | undefined> {
  const Attribute = name as VpcAttributeName;
  const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  const { EnableDnsHostnames, EnableDnsSupport, EnableNetworkAddressUsageMetrics } = answer;
  return (EnableDnsHostnames ?? EnableDnsSupport ?? EnableNetworkAddressUsageMetrics)?.Value;
}

async function modify(ec2: EC2Client, data: ResourceData, name: string): Promise<void> {
  const Value = data.flag(name);
  const parameter = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const call = ec2.send(new ModifyVpcAttributeCommand({ VpcId: data.id, [parameter]: { Value } }));
  await doing(`modifying EC2 VPC (${data.id}) ${parameter}`, call);
  const look = async () => String(await attribute(ec2, data.id, name));
  await waitFor(look, { target: [String(Value)] });
}

/** What cannot be read of these is only logged. */
async function cameWith(ec2: EC2Client, id: string) {
  const filters = (extra: Record<string, string>) =>
    Object.entries({ 'vpc-id': id, ...extra }).map(([Name, value]) => ({ Name, Values: [value] }));
  const acls = ec2.send(new DescribeNetworkAclsCommand({ Filters: filters({ default: 'true' }) }));
  const tables = ec2.send(
    new DescribeRouteTablesCommand({ Filters: filters({ 'association.main': 'true' }) }),
  );
  const groups = ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: filters({ 'group-name': 'default' }) }),
  );
  const [acl, table, group] = await Promise.allSettled([acls, tables, groups]);
  const main = table.status === 'fulfilled' ? table.value.RouteTables?.[0]?.RouteTableId : undefined;
  return {
    defaultNetworkAclId: acl.status === 'fulfilled' ? acl.value.NetworkAcls?.[0]?.NetworkAclId : undefined,
    defaultRouteTableId: main,
    mainRouteTableId: main,
    defaultSecurityGroupId:
      group.status === 'fulfilled' ? group.value.SecurityGroups?.[0]?.GroupId : undefined,
  };
}
