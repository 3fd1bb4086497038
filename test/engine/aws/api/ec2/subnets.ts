import {
  CreateSubnet$,
  type CreateSubnetRequest,
  type CreateSubnetResult,
  DeleteSubnet$,
  type DeleteSubnetRequest,
  DescribeSubnets$,
  type DescribeSubnetsRequest,
  type DescribeSubnetsResult,
  ModifySubnetAttribute$,
  type ModifySubnetAttributeRequest,
  type Subnet as SubnetView,
} from '@aws-sdk/client-ec2';
import { contains, network, overlap } from '../cidr.ts';
import { operation } from '../wire/operation.ts';
import { described } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import { zonesIn } from './images.ts';
import type { Subnet, Vpc } from './network.ts';
import type { Ec2 } from './state.ts';
import { newId } from './store.ts';
import { tagsFor } from './tags.ts';

/** Addresses of a subnet that AWS keeps (VPC user guide, "Subnet CIDR blocks"). */
const RESERVED = 5;

export const subnetOperations = [
  operation<CreateSubnetRequest, CreateSubnetResult>(CreateSubnet$, (input, call) => {
    const { ec2, name: region } = call.region;
    const vpc = ec2.vpcs.get(input.VpcId);
    if (input.CidrBlock === undefined) {
      throw refusal.missing('cidrBlock');
    }
    const availabilityZone = input.AvailabilityZone ?? `${region}a`;
    if (!zonesIn(region).includes(availabilityZone)) {
      throw refusal.invalidValue(
        `Value (${availabilityZone}) for parameter availabilityZone is invalid. ` +
          `Subnets can currently only be created in the following availability zones: ${zonesIn(region).join(', ')}.`,
      );
    }
    const cidr = ipv4Block(ec2, vpc, input.CidrBlock);
    const ipv6 = input.Ipv6CidrBlock === undefined ? undefined : ipv6Block(ec2, vpc, input.Ipv6CidrBlock);
    const tags = tagsFor(kinds.subnet, input.TagSpecifications, call);
    const subnet = ec2.subnets.add({
      id: newId('subnet'),
      ...ec2.fresh,
      tags,
      vpc,
      cidr,
      ipv6: ipv6 === undefined ? undefined : { cidr: ipv6, associationId: newId('subnet-cidr-assoc') },
      availabilityZone,
      mapPublicIpOnLaunch: false,
      assignIpv6AddressOnCreation: false,
      networkAclAssociationId: newId('aclassoc'),
    });
    return { Subnet: view(ec2, subnet) };
  }),
  operation<ModifySubnetAttributeRequest, object>(ModifySubnetAttribute$, (input, { region: { ec2 } }) => {
    const subnet = ec2.subnets.get(input.SubnetId);
    const { SubnetId, ...given } = input;
    // "You can only modify one attribute at a time" (EC2 error codes, InvalidParameterCombination).
    if (Object.values(given).filter((one) => one !== undefined).length !== 1) {
      throw refusal.combination('Fields for multiple attribute types specified');
    }
    if (input.AssignIpv6AddressOnCreation?.Value === true && subnet.ipv6 === undefined) {
      throw refusal.invalidValue(
        `Invalid value 'true' for assignIpv6AddressOnCreation. Subnet ${subnet.id} does not have an IPv6 CIDR block`,
      );
    }
    subnet.assignIpv6AddressOnCreation =
      input.AssignIpv6AddressOnCreation?.Value ?? subnet.assignIpv6AddressOnCreation;
    subnet.mapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value ?? subnet.mapPublicIpOnLaunch;
    return {};
  }),
  operation<DeleteSubnetRequest, object>(DeleteSubnet$, ({ SubnetId }, { region: { ec2 } }) => {
    const subnet = ec2.subnets.get(SubnetId);
    const used = ec2.instances.all.some((one) => one.subnet === subnet && one.state !== 'terminated');
    if (used) {
      throw refusal.inUse('subnet', subnet.id);
    }
    for (const table of ec2.routeTables.all) {
      table.associations = table.associations.filter((one) => one.subnet !== subnet);
    }
    ec2.subnets.delete(subnet);
    return {};
  }),
  operation<DescribeSubnetsRequest, DescribeSubnetsResult>(DescribeSubnets$, (input, call) => {
    const { ec2 } = call.region;
    const { items, next } = described(
      ec2.subnets,
      { input, ids: input.SubnetIds, call },
      {
        'subnet-id': ({ id }) => [id],
        'vpc-id': ({ vpc }) => [vpc.id],
        'cidr-block': ({ cidr }) => [cidr],
        'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6 }) => [ipv6?.cidr],
        'ipv6-cidr-block-association.association-id': ({ ipv6 }) => [ipv6?.associationId],
        'availability-zone': ({ availabilityZone }) => [availabilityZone],
        'default-for-az': () => ['false'],
        state: () => ['available'],
      },
    );
    return { Subnets: items.map((one) => view(ec2, one)), NextToken: next };
  }),
];

function ipv4Block(ec2: Ec2, vpc: Vpc, given: string): string {
  const cidr = network(given);
  if (cidr?.family !== 'ipv4' || cidr.prefix < 16 || cidr.prefix > 28 || !contains(vpc.cidr, cidr.text)) {
    throw refusal.cidrInvalid('InvalidSubnet.Range', given);
  }
  if (ec2.subnets.all.some((one) => one.vpc === vpc && overlap(one.cidr, cidr.text))) {
    throw refusal.subnetConflict(given);
  }
  return cidr.text;
}

/** A /64 of the VPC's block; sizes between /44 and /64 by steps of 4 are possible, and not needed here. */
function ipv6Block(ec2: Ec2, vpc: Vpc, given: string): string {
  const cidr = network(given);
  const inVpc =
    cidr?.family === 'ipv6' &&
    cidr.prefix === 64 &&
    vpc.ipv6 !== undefined &&
    contains(vpc.ipv6.cidr, cidr.text);
  if (!inVpc) {
    throw refusal.cidrInvalid('InvalidSubnet.Range', given);
  }
  if (ec2.subnets.all.some(({ ipv6 }) => ipv6 !== undefined && overlap(ipv6.cidr, cidr.text))) {
    throw refusal.subnetConflict(given);
  }
  return cidr.text;
}

function view(ec2: Ec2, subnet: Subnet): SubnetView {
  const { id, vpc, ipv6, cidr, availabilityZone } = subnet;
  const { name: region, account } = ec2.region;
  const used = ec2.instances.all.filter((one) => one.subnet === subnet && one.state !== 'terminated');
  return {
    SubnetId: id,
    SubnetArn: `arn:aws:ec2:${region}:${account.id}:subnet/${id}`,
    VpcId: vpc.id,
    OwnerId: account.id,
    State: 'available',
    CidrBlock: cidr,
    AvailabilityZone: availabilityZone,
    AvailabilityZoneId: `${region.replaceAll('-', '')}-az${zonesIn(region).indexOf(availabilityZone) + 1}`,
    AvailableIpAddressCount: 2 ** (32 - Number(cidr.split('/')[1])) - RESERVED - used.length,
    DefaultForAz: false,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    AssignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
    Ipv6Native: false,
    EnableDns64: false,
    MapCustomerOwnedIpOnLaunch: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Ipv6CidrBlockAssociationSet:
      ipv6 === undefined
        ? []
        : [
            {
              AssociationId: ipv6.associationId,
              Ipv6CidrBlock: ipv6.cidr,
              Ipv6CidrBlockState: { State: 'associated' },
            },
          ],
    Tags: subnet.tags,
  };
}
