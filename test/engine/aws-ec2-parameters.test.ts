/** What EC2 refuses for a parameter that is missing, unknown or doesn't go with another, by the official client. */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMaintenanceOptionsCommand,
  ModifySecurityGroupRulesCommand,
  ModifySubnetAttributeCommand,
  ReleaseAddressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome } from './aws/clients.ts';
import { type Ec2World, https, startEc2World } from './aws/ec2-world.ts';

let ec2: Ec2World;
/** A second VPC with a subnet that has no IPv6, and no gateway; a gateway that is nowhere. */
let other: { vpc: string; subnet: string; group: string; rule: string; gateway: string };
beforeAll(async () => {
  ec2 = await startEc2World();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const vpc = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.9.0.0/24' }));
  const { GroupId = '' } = await ec2.newGroup('other', vpc);
  const { SecurityGroupRules } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [https] }),
  );
  const rule = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const gateway = InternetGateway?.InternetGatewayId ?? '';
  other = { vpc, subnet: Subnet?.SubnetId ?? '', group: GroupId, rule, gateway };
});
afterAll(() => ec2.stop());

const value = 'InvalidParameterValue';
const missing = 'MissingParameter';
const combination = 'InvalidParameterCombination';

describe('a parameter', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['address to associate', () => associate({ InstanceId: ec2.running }), missing],
    ['instance to associate with', () => associate({ AllocationId: ec2.free }), missing],
    ['association', () => ec2.send(new DisassociateAddressCommand({})), missing],
    ['address to release', () => ec2.send(new ReleaseAddressCommand({})), missing],
    ['group to delete', () => ec2.send(new DeleteSecurityGroupCommand({})), missing],
    ['group of rules', () => authorize({ IpPermissions: [https] }), missing],
    ['rules', () => authorize({ GroupId: ec2.group }), missing],
    ['protocol of a rule', () => ec2.allow({ ...https, IpProtocol: undefined }), missing],
    ['destination of a route', () => route({ GatewayId: ec2.gateway }), missing],
    ['gateway of a route', () => route({ DestinationCidrBlock: '192.0.2.0/24' }), missing],
    ['block of a subnet', () => ec2.send(new CreateSubnetCommand({ VpcId: ec2.vpc })), missing],
    [
      'subnet of an association',
      () => ec2.send(new AssociateRouteTableCommand({ RouteTableId: ec2.table })),
      missing,
    ],
    ['image', () => ec2.run({ ImageId: undefined }), missing],
    ['VPC', () => ec2.send(new DeleteVpcCommand({ VpcId: undefined })), missing],
  ])('%s: is missing', (_what, call, code) => ec2.refuses(call, code));
});

describe('a value', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['the domain of an address', () => ec2.send(new AllocateAddressCommand({ Domain: 'standard' })), value],
    ['a region', () => ec2.send(new DescribeRegionsCommand({ RegionNames: ['moon-1'] })), value],
    [
      'an attribute of a VPC',
      () => ec2.send(new DescribeVpcAttributeCommand({ VpcId: ec2.vpc, Attribute: 'colour' as never })),
      value,
    ],
    [
      'an attribute of an instance',
      () =>
        ec2.send(
          new DescribeInstanceAttributeCommand({ InstanceId: ec2.running, Attribute: 'colour' as never }),
        ),
      value,
    ],
    ['a zone', () => subnet({ AvailabilityZone: 'us-east-1a' }), value],
    [
      'the destination of a route',
      () => route({ DestinationCidrBlock: '::/0', GatewayId: ec2.gateway }),
      value,
    ],
    [
      "a gateway that isn't the VPC's",
      () => route({ DestinationCidrBlock: '192.0.2.0/24', GatewayId: other.gateway }),
      value,
    ],
    [
      "another VPC's subnet for a route table",
      () => ec2.send(new AssociateRouteTableCommand({ RouteTableId: ec2.table, SubnetId: other.subnet })),
      value,
    ],
    ['more instances at least than at most', () => ec2.run({ MinCount: 2, MaxCount: 1 }), value],
    [
      'an IPv6 address in a subnet without',
      () => ec2.run({ SubnetId: other.subnet, SecurityGroupIds: [] }),
      value,
    ],
    ["another VPC's security group", () => ec2.run({ SecurityGroupIds: [other.group] }), value],
    ['a second volume', () => ec2.run({ BlockDeviceMappings: [{ DeviceName: '/dev/xvdb' }] }), value],
    [
      'an interface that was there',
      () => ec2.run({ NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1' }] }),
      value,
    ],
    ["a group's description with a newline", () => describedGroup('a\nb'), value],
    ["a group's empty description", () => describedGroup(''), value],
    ["a rule's description with a newline", () => ec2.allow(describedRule('a\nb')), value],
    ['a port above 65535', () => ec2.allow({ ...https, FromPort: 70_000, ToPort: 70_000 }), value],
    [
      'an IPv6 range among the IPv4 ones',
      () => ec2.allow({ ...https, IpRanges: [{ CidrIp: '::/0' }] }),
      value,
    ],
    ['a token for the next page', () => ec2.send(new DescribeVpcsCommand({ NextToken: 'next' })), value],
    ['the type of what is to be tagged', () => ec2.tag('ami-0123456789abcdef0', 'a'), 'InvalidID'],
    [
      'IPv6 addresses at creation in a subnet without',
      () =>
        ec2.send(
          new ModifySubnetAttributeCommand({
            SubnetId: other.subnet,
            AssignIpv6AddressOnCreation: { Value: true },
          }),
        ),
      value,
    ],
    [
      'an address that nobody has',
      () => ec2.send(new DescribeAddressesCommand({ PublicIps: ['203.0.113.1'] })),
      'InvalidAddress.NotFound',
    ],
    [
      'an interface that nobody has',
      () => ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-1'] })),
      'InvalidNetworkInterfaceID.NotFound',
    ],
    [
      'the filter of tags',
      () => ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'x', Values: ['y'] }] })),
      value,
    ],
  ])('%s: is not valid', (_what, call, code) => ec2.refuses(call, code));
});

describe('together, or now', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a number of results and ids',
      () => ec2.send(new DescribeVpcsCommand({ VpcIds: [ec2.vpc], MaxResults: 5 })),
      combination,
    ],
    [
      'two attributes of an instance',
      () => modify({ DisableApiStop: { Value: true }, SourceDestCheck: { Value: true } }),
      combination,
    ],
    [
      "detaching a gateway from where it isn't",
      () => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: ec2.gateway, VpcId: other.vpc })),
      'Gateway.NotAttached',
    ],
    [
      'stopping what is pending',
      () => ec2.send(new StopInstancesCommand({ InstanceIds: [ec2.pending] })),
      'IncorrectInstanceState',
    ],
    ['a rule of another group', changeOtherRule, 'InvalidPermission.NotFound'],
    [
      '51 tags',
      () => ec2.run({ TagSpecifications: [{ ResourceType: 'instance', Tags: tags(51) }] }),
      'TagLimitExceeded',
    ],
  ])('%s', (_what, call, code) => ec2.refuses(call, code));

  it('an address in a VPC without a gateway', async () => {
    const id = await ec2.run({
      SubnetId: other.subnet,
      SecurityGroupIds: [other.group],
      Ipv6AddressCount: 0,
    });
    ec2.pass();
    await ec2.refuses(() => ec2.associate(ec2.free, id), 'Gateway.NotAttached');
  });

  it('another architecture for a stopped instance, and anything for one that is going', async () => {
    const id = await ec2.run({});
    ec2.pass();
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    ec2.pass();
    await ec2.refuses(() => modify({ InstanceId: id, InstanceType: { Value: 't3.nano' } }), value);
    expect(await outcome(modify({ InstanceId: id, InstanceType: { Value: 't4g.micro' } }))).toBe('ok');
    await ec2.terminate(id);
    await ec2.refuses(
      () =>
        ec2.send(new ModifyInstanceMaintenanceOptionsCommand({ InstanceId: id, AutoRecovery: 'disabled' })),
      'IncorrectInstanceState',
    );
    await ec2.refuses(
      () => ec2.send(new StartInstancesCommand({ InstanceIds: [id] })),
      'IncorrectInstanceState',
    );
  });

  it('a sixth VPC', async () => {
    await Promise.all([1, 2, 3].map((number) => ec2.newVpc(`10.${number}.0.0/16`)));
    await ec2.refuses(() => ec2.newVpc('10.4.0.0/16'), 'VpcLimitExceeded');
  });
});

function associate(input: { AllocationId?: string; InstanceId?: string }) {
  return ec2.send(new AssociateAddressCommand(input));
}

function authorize(input: { GroupId?: string; IpPermissions?: (typeof https)[] }) {
  return ec2.send(new AuthorizeSecurityGroupIngressCommand(input));
}

function route(input: Partial<ConstructorParameters<typeof CreateRouteCommand>[0]>) {
  return ec2.send(new CreateRouteCommand({ RouteTableId: ec2.table, ...input }));
}

function subnet(input: Partial<ConstructorParameters<typeof CreateSubnetCommand>[0]>) {
  return ec2.send(new CreateSubnetCommand({ VpcId: ec2.vpc, CidrBlock: '10.0.7.0/24', ...input }));
}

function modify(input: Partial<ConstructorParameters<typeof ModifyInstanceAttributeCommand>[0]>) {
  return ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: ec2.running, ...input }));
}

function describedGroup(Description: string) {
  return ec2.send(new CreateSecurityGroupCommand({ VpcId: ec2.vpc, GroupName: 'new', Description }));
}

function describedRule(Description: string) {
  return { ...https, FromPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0', Description }] };
}

function tags(count: number) {
  return Array.from({ length: count }, (_, index) => ({ Key: `key-${index}`, Value: '' }));
}

function changeOtherRule() {
  const SecurityGroupRule = { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' };
  const change = { SecurityGroupRuleId: other.rule, SecurityGroupRule };
  return ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: ec2.group, SecurityGroupRules: [change] }));
}
