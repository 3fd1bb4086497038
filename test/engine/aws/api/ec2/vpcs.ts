import { randomInt } from 'node:crypto';
import {
  CreateVpc$,
  type CreateVpcRequest,
  type CreateVpcResult,
  DeleteVpc$,
  type DeleteVpcRequest,
  DescribeNetworkAcls$,
  type DescribeNetworkAclsRequest,
  type DescribeNetworkAclsResult,
  DescribeVpcAttribute$,
  type DescribeVpcAttributeRequest,
  type DescribeVpcAttributeResult,
  DescribeVpcs$,
  type DescribeVpcsRequest,
  type DescribeVpcsResult,
  ModifyVpcAttribute$,
  type ModifyVpcAttributeRequest,
  type Vpc as VpcView,
} from '@aws-sdk/client-ec2';
import { network } from '../cidr.ts';
import { operation } from '../wire/operation.ts';
import { described, filtered } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import type { Vpc } from './network.ts';
import { newMainTable } from './route-tables.ts';
import { newGroup } from './security-groups.ts';
import type { Ec2 } from './state.ts';
import { newId } from './store.ts';
import { tagsFor } from './tags.ts';

/** VPCs in a region (VPC user guide, "Quotas"). */
const VPC_QUOTA = 5;

export const vpcOperations = [
  operation<CreateVpcRequest, CreateVpcResult>(CreateVpc$, (input, call) => {
    const { ec2 } = call.region;
    const cidr = input.CidrBlock === undefined ? undefined : network(input.CidrBlock);
    if (input.CidrBlock === undefined) {
      throw refusal.missing('cidrBlock');
    }
    if (cidr?.family !== 'ipv4' || cidr.prefix < 16 || cidr.prefix > 28) {
      throw refusal.cidrInvalid('InvalidVpc.Range', input.CidrBlock);
    }
    const tags = tagsFor(kinds.vpc, input.TagSpecifications, call);
    if (ec2.vpcs.all.length >= VPC_QUOTA) {
      throw refusal.limit.vpcs();
    }
    const vpc = ec2.vpcs.add({
      id: newId('vpc'),
      ...ec2.fresh,
      tags,
      cidr: cidr.text,
      cidrAssociationId: newId('vpc-cidr-assoc'),
      ipv6: input.AmazonProvidedIpv6CidrBlock === true ? newIpv6Block() : undefined,
      tenancy: 'default',
      enableDnsSupport: true,
      enableDnsHostnames: false,
      dhcpOptionsId: newId('dopt'),
      networkAclId: newId('acl'),
    });
    newMainTable(ec2, vpc);
    newGroup(ec2, vpc, { name: 'default', description: 'default VPC security group', tags: [] });
    return { Vpc: view(vpc, call.account.id, 'pending') };
  }),
  operation<DescribeVpcsRequest, DescribeVpcsResult>(DescribeVpcs$, (input, call) => {
    const { items, next } = described(
      call.region.ec2.vpcs,
      { input, ids: input.VpcIds, call },
      {
        'vpc-id': ({ id }) => [id],
        cidr: ({ cidr }) => [cidr],
        'cidr-block-association.cidr-block': ({ cidr }) => [cidr],
        'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6 }) => [ipv6?.cidr],
        'ipv6-cidr-block-association.association-id': ({ ipv6 }) => [ipv6?.associationId],
        state: () => ['available'],
        'is-default': () => ['false'],
        'owner-id': () => [call.account.id],
      },
    );
    return { Vpcs: items.map((vpc) => view(vpc, call.account.id, 'available')), NextToken: next };
  }),
  operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult>(
    DescribeVpcAttribute$,
    ({ VpcId, Attribute }, { region: { ec2 } }) => {
      const { id, enableDnsSupport, enableDnsHostnames } = ec2.vpcs.get(VpcId);
      switch (Attribute) {
        case 'enableDnsSupport':
          return { VpcId: id, EnableDnsSupport: { Value: enableDnsSupport } };
        case 'enableDnsHostnames':
          return { VpcId: id, EnableDnsHostnames: { Value: enableDnsHostnames } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId: id, EnableNetworkAddressUsageMetrics: { Value: false } };
        default:
          throw refusal.invalidValue(`Invalid value '${Attribute}' for attribute.`);
      }
    },
  ),
  operation<ModifyVpcAttributeRequest, object>(ModifyVpcAttribute$, (input, { region: { ec2 } }) => {
    const vpc = ec2.vpcs.get(input.VpcId);
    const given = [input.EnableDnsSupport, input.EnableDnsHostnames, input.EnableNetworkAddressUsageMetrics];
    // "You cannot modify the DNS resolution and DNS hostnames attributes in the same request" (API reference).
    if (given.filter((one) => one !== undefined).length !== 1) {
      throw refusal.combination('Fields for multiple attribute types specified');
    }
    vpc.enableDnsSupport = input.EnableDnsSupport?.Value ?? vpc.enableDnsSupport;
    vpc.enableDnsHostnames = input.EnableDnsHostnames?.Value ?? vpc.enableDnsHostnames;
    return {};
  }),
  operation<DeleteVpcRequest, object>(DeleteVpc$, ({ VpcId }, { region: { ec2 } }) => {
    const vpc = ec2.vpcs.get(VpcId);
    refuseUsedVpc(ec2, vpc);
    for (const table of ec2.routeTables.all.filter((one) => one.vpc === vpc)) {
      ec2.routeTables.delete(table);
    }
    const groups = ec2.securityGroups.all.filter((one) => one.vpc === vpc);
    for (const rule of ec2.rules.all.filter(({ group }) => groups.includes(group))) {
      ec2.rules.delete(rule);
    }
    for (const group of groups) {
      ec2.securityGroups.delete(group);
    }
    ec2.vpcs.delete(vpc);
    return {};
  }),
  operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult>(
    DescribeNetworkAcls$,
    ({ Filters, NetworkAclIds }, { region: { ec2 }, account }) => ({
      // Each VPC has the one that it comes with; nobody makes another here.
      NetworkAcls: filtered(
        ec2.vpcs.all.filter(({ networkAclId }) => NetworkAclIds?.includes(networkAclId) ?? true),
        Filters,
        {
          'vpc-id': ({ id }) => [id],
          default: () => ['true'],
          'network-acl-id': ({ networkAclId }) => [networkAclId],
          'association.subnet-id': (vpc) =>
            ec2.subnets.all.filter((subnet) => subnet.vpc === vpc).map(({ id }) => id),
        },
      ).map(({ id, networkAclId }) => ({
        NetworkAclId: networkAclId,
        VpcId: id,
        IsDefault: true,
        OwnerId: account.id,
        Tags: [],
        Entries: [],
        Associations: ec2.subnets.all
          .filter(({ vpc }) => vpc.id === id)
          .map((subnet) => ({
            NetworkAclAssociationId: subnet.networkAclAssociationId,
            NetworkAclId: networkAclId,
            SubnetId: subnet.id,
          })),
      })),
    }),
  ),
];

/** A VPC goes with what came with it, and with nothing else (VPC user guide, "Delete your VPC"). */
function refuseUsedVpc(ec2: Ec2, vpc: Vpc): void {
  const used =
    ec2.subnets.all.some((one) => one.vpc === vpc) ||
    ec2.internetGateways.all.some((one) => one.vpc === vpc) ||
    ec2.routeTables.all.some((one) => one.vpc === vpc && !one.main) ||
    ec2.securityGroups.all.some((one) => one.vpc === vpc && one.name !== 'default');
  if (used) {
    throw refusal.inUse('vpc', vpc.id);
  }
}

/** A /56 of Amazon's, in canonical form as a subnet's is; here of the range for documentation. */
function newIpv6Block(): { cidr: string; associationId: string } {
  const part = (below: number) => randomInt(below).toString(16);
  const cidr = `2001:db8:${part(0x10000)}:${part(0x100)}00::/56`;
  return { cidr: network(cidr)?.text ?? cidr, associationId: newId('vpc-cidr-assoc') };
}

function view(vpc: Vpc, owner: string, state: 'pending' | 'available'): VpcView {
  const { ipv6 } = vpc;
  return {
    VpcId: vpc.id,
    OwnerId: owner,
    State: state,
    CidrBlock: vpc.cidr,
    DhcpOptionsId: vpc.dhcpOptionsId,
    InstanceTenancy: vpc.tenancy,
    IsDefault: false,
    CidrBlockAssociationSet: [
      { AssociationId: vpc.cidrAssociationId, CidrBlock: vpc.cidr, CidrBlockState: { State: 'associated' } },
    ],
    Ipv6CidrBlockAssociationSet:
      ipv6 === undefined
        ? []
        : [
            {
              AssociationId: ipv6.associationId,
              // Not at once: the answer to CreateVpc has no block yet.
              ...(state === 'available' ? { Ipv6CidrBlock: ipv6.cidr } : {}),
              Ipv6CidrBlockState: { State: state === 'available' ? 'associated' : 'associating' },
              Ipv6Pool: 'Amazon',
            },
          ],
    Tags: vpc.tags,
  };
}
