/** EC2's rules as the stand-in enforces them, by the official client. */
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  type IpPermission,
  ModifyInstanceAttributeCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  ReleaseAddressCommand,
  ReplaceRouteCommand,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';
import { allocate, associate, makeNetwork, type Network, runInstance } from './aws/ec2-network.ts';

const credentials = testCredentials('rules');
let aws: Aws;
let clients: AwsClients;
let now = Date.parse('2026-01-01T00:00:00Z');
/** Each with an instance that runs and one that is pending, and an address that is associated and one that is free. */
let network: Network & { running: string; pending: string; used: string; free: string; association: string };

beforeAll(async () => {
  aws = await startAws({ callers: { [credentials.accessKeyId]: {} }, clock: () => now, unseenReads: 0 });
  clients = awsClients(aws.url, credentials);
  const made = await makeNetwork(clients);
  const { ec2 } = clients;
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: made.table, SubnetId: made.subnet }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: made.group, IpPermissions: [https] }));
  const running = await runInstance(clients, made);
  const prot = await runInstance(clients, made, { DisableApiTermination: true });
  now += 1_000;
  const used = await allocate(clients);
  const association = await associate(clients, used, running);
  const free = await allocate(clients);
  const pending = await runInstance(clients, made);
  network = { ...made, running, pending, used, free, association };
  guarded = prot;
});
afterAll(() => aws.stop());

let guarded = '';
const https: IpPermission = {
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
};
const send: AwsClients['ec2']['send'] = ((command: never) => clients.ec2.send(command)) as never;
const allow = (permission: IpPermission) =>
  send(new AuthorizeSecurityGroupIngressCommand({ GroupId: network.group, IpPermissions: [permission] }));
const subnet = (CidrBlock: string, Ipv6CidrBlock?: string) =>
  send(new CreateSubnetCommand({ VpcId: network.vpc, CidrBlock, Ipv6CidrBlock }));
const group = (GroupName: string, VpcId?: string) =>
  send(new CreateSecurityGroupCommand({ GroupName, Description: 'x', VpcId }));
const run = (input: Parameters<typeof runInstance>[2]) => runInstance(clients, network, input);
const vpc = (CidrBlock: string | undefined) => send(new CreateVpcCommand({ CidrBlock }));
const route = (destination: string, GatewayId: string | undefined) =>
  send(new CreateRouteCommand({ RouteTableId: network.table, DestinationCidrBlock: destination, GatewayId }));
const mainTable = async () => {
  const { RouteTables } = await send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.main', Values: ['true'] }] }),
  );
  return RouteTables?.[0]?.RouteTableId;
};
const defaultGroup = async () => {
  const { SecurityGroups } = await send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
  );
  return SecurityGroups?.[0]?.GroupId;
};
const gone = '0123456789abcdef0';
const value = 'InvalidParameterValue';
const dependency = 'DependencyViolation';

describe('what depends on something, or is depended on', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a VPC with all that is in it', () => send(new DeleteVpcCommand({ VpcId: network.vpc })), dependency],
    [
      'a subnet with instances',
      () => send(new DeleteSubnetCommand({ SubnetId: network.subnet })),
      dependency,
    ],
    [
      'a security group of instances',
      () => send(new DeleteSecurityGroupCommand({ GroupId: network.group })),
      dependency,
    ],
    [
      'detaching a gateway while a public address is mapped',
      () =>
        send(new DetachInternetGatewayCommand({ InternetGatewayId: network.gateway, VpcId: network.vpc })),
      dependency,
    ],
    [
      'an attached gateway',
      () => send(new DeleteInternetGatewayCommand({ InternetGatewayId: network.gateway })),
      dependency,
    ],
    [
      'a route table with associations',
      () => send(new DeleteRouteTableCommand({ RouteTableId: network.table })),
      dependency,
    ],
    [
      'the main route table',
      async () => send(new DeleteRouteTableCommand({ RouteTableId: await mainTable() })),
      dependency,
    ],
    [
      'the default security group',
      async () => send(new DeleteSecurityGroupCommand({ GroupId: await defaultGroup() })),
      'CannotDelete',
    ],
    [
      'an associated address',
      () => send(new ReleaseAddressCommand({ AllocationId: network.used })),
      'InvalidIPAddress.InUse',
    ],
    [
      'an instance that is protected',
      () => send(new TerminateInstancesCommand({ InstanceIds: [guarded] })),
      'OperationNotPermitted',
    ],
  ])('%s', refused);
});

describe('what is there already', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a group with the same name', () => group('relay', network.vpc), 'InvalidGroup.Duplicate'],
    ['a rule', () => allow(https), 'InvalidPermission.Duplicate'],
    ['a route to elsewhere', () => route('10.0.0.0/16', network.gateway), 'RouteAlreadyExists'],
    ['a subnet that overlaps', () => subnet('10.0.0.128/25'), 'InvalidSubnet.Conflict'],
    ['a subnet that overlaps in IPv6', () => subnet('10.0.1.0/24', network.ipv6), 'InvalidSubnet.Conflict'],
    [
      'a second association of a subnet',
      () => send(new AssociateRouteTableCommand({ RouteTableId: network.table, SubnetId: network.subnet })),
      'Resource.AlreadyAssociated',
    ],
    [
      'attaching a gateway twice',
      () =>
        send(new AttachInternetGatewayCommand({ InternetGatewayId: network.gateway, VpcId: network.vpc })),
      'Resource.AlreadyAssociated',
    ],
    [
      'an address at another instance',
      () => associate(clients, network.used, guarded),
      'Resource.AlreadyAssociated',
    ],
    [
      'another address at the instance',
      () => associate(clients, network.free, network.running),
      'Resource.AlreadyAssociated',
    ],
  ])('%s', refused);
});

describe('what is not there', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a VPC', () => send(new DescribeVpcsCommand({ VpcIds: [`vpc-${gone}`] })), 'InvalidVpcID.NotFound'],
    ['what is no VPC', () => send(new DescribeVpcsCommand({ VpcIds: ['mine'] })), 'InvalidVpcID.Malformed'],
    [
      'a subnet',
      () => send(new DescribeSubnetsCommand({ SubnetIds: [`subnet-${gone}`] })),
      'InvalidSubnetID.NotFound',
    ],
    [
      'a group',
      () => send(new DeleteSecurityGroupCommand({ GroupId: `sg-${gone}` })),
      'InvalidGroup.NotFound',
    ],
    [
      'an instance',
      () => send(new DescribeInstancesCommand({ InstanceIds: [`i-${gone}`] })),
      'InvalidInstanceID.NotFound',
    ],
    ['an image', () => run({ ImageId: `ami-${gone}` }), 'InvalidAMIID.NotFound'],
    [
      'an image to look at',
      () => send(new DescribeImagesCommand({ ImageIds: [`ami-${gone}`] })),
      'InvalidAMIID.NotFound',
    ],
    ['an instance type', () => run({ InstanceType: 't9.nano' as never }), value],
    [
      'an instance type to look at',
      () => send(new DescribeInstanceTypesCommand({ InstanceTypes: ['t9.nano' as never] })),
      'InvalidInstanceType',
    ],
    [
      'an address',
      () => associate(clients, `eipalloc-${gone}`, network.running),
      'InvalidAllocationID.NotFound',
    ],
    [
      'an association of an address',
      () => send(new DisassociateAddressCommand({ AssociationId: `eipassoc-${gone}` })),
      'InvalidAssociationID.NotFound',
    ],
    [
      'an association of a table',
      () => send(new DisassociateRouteTableCommand({ AssociationId: `rtbassoc-${gone}` })),
      'InvalidAssociationID.NotFound',
    ],
    ['a rule', () => send(revoke(80)), 'InvalidPermission.NotFound'],
    [
      'a route to delete',
      () =>
        send(new DeleteRouteCommand({ RouteTableId: network.table, DestinationCidrBlock: '192.0.2.0/24' })),
      'InvalidRoute.NotFound',
    ],
    [
      'a route to replace',
      () =>
        send(
          new ReplaceRouteCommand({
            RouteTableId: network.table,
            DestinationCidrBlock: '192.0.2.0/24',
            GatewayId: network.gateway,
          }),
        ),
      'InvalidRoute.NotFound',
    ],
    [
      'a gateway for a route',
      () => route('192.0.2.0/24', `igw-${gone}`),
      'InvalidInternetGatewayID.NotFound',
    ],
    ['what is to be tagged', () => tag(`vpc-${gone}`, 'a'), 'InvalidVpcID.NotFound'],
    ['a default VPC for a group', () => group('other'), 'VPCIdNotSpecified'],
    ['a default VPC for an instance', () => run({ SubnetId: undefined }), 'VPCIdNotSpecified'],
    [
      'a filter',
      () => send(new DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })),
      value,
    ],
  ])('%s', refused);
});

describe('what is not valid, or not now', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['no block for a VPC', () => vpc(undefined), 'MissingParameter'],
    ['a block of a VPC with host bits', () => vpc('10.0.0.1/16'), 'InvalidVpc.Range'],
    ['a block of a VPC above /16', () => vpc('10.0.0.0/15'), 'InvalidVpc.Range'],
    ['a subnet outside the VPC', () => subnet('10.1.0.0/24'), 'InvalidSubnet.Range'],
    [
      'an IPv6 subnet outside the VPC',
      () => subnet('10.0.1.0/24', '2001:db8:ffff:ffff::/64'),
      'InvalidSubnet.Range',
    ],
    ['a name of a group like an id', () => group('sg-mine', network.vpc), value],
    ['TCP without ports', () => allow({ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }), value],
    ['a rule for nobody', () => allow({ IpProtocol: 'tcp', FromPort: 1, ToPort: 1 }), value],
    [
      'a rule for a range with host bits',
      () => allow({ ...https, IpRanges: [{ CidrIp: '203.0.113.7/24' }] }),
      value,
    ],
    ['ports the wrong way round', () => allow({ ...https, ToPort: 80 }), value],
    ['an unknown protocol', () => allow({ ...https, IpProtocol: 'quic' }), value],
    ['no count of instances', () => run({ MinCount: undefined }), 'MissingParameter'],
    ["user data that isn't base64", () => run({ UserData: '#!/bin/sh' }), value],
    ['user data above 16 KiB', () => run({ UserData: Buffer.alloc(16_385).toString('base64') }), value],
    ['an image of another architecture', () => run({ InstanceType: 't3.nano' }), value],
    [
      "a root volume below the image's size",
      () => run({ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 4 } }] }),
      value,
    ],
    ['an unknown credit specification', () => run({ CreditSpecification: { CpuCredits: 'endless' } }), value],
    ['a hop limit of 65', () => run({ MetadataOptions: { HttpPutResponseHopLimit: 65 } }), value],
    [
      'an address at a pending instance',
      () => associate(clients, network.free, network.pending),
      'InvalidInstanceID',
    ],
    ["a tag of AWS's own", () => tag(network.vpc, 'aws:mine'), value],
    [
      "tags for what the call doesn't make",
      () => run({ TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] }] }),
      value,
    ],
    [
      'two attributes of a VPC at once',
      () =>
        send(
          new ModifyVpcAttributeCommand({
            VpcId: network.vpc,
            EnableDnsSupport: { Value: true },
            EnableDnsHostnames: { Value: true },
          }),
        ),
      'InvalidParameterCombination',
    ],
    [
      'two attributes of a subnet at once',
      () =>
        send(
          new ModifySubnetAttributeCommand({
            SubnetId: network.subnet,
            AssignIpv6AddressOnCreation: { Value: true },
            MapPublicIpOnLaunch: { Value: true },
          }),
        ),
      'InvalidParameterCombination',
    ],
    [
      'user data of an instance that runs',
      () =>
        send(
          new ModifyInstanceAttributeCommand({
            InstanceId: network.running,
            UserData: { Value: Buffer.from('x') },
          }),
        ),
      'IncorrectInstanceState',
    ],
    [
      'deleting the local route',
      () =>
        send(new DeleteRouteCommand({ RouteTableId: network.table, DestinationCidrBlock: '10.0.0.0/16' })),
      value,
    ],
    [
      'a second gateway for a VPC',
      async () => {
        const { InternetGateway } = await send(new CreateInternetGatewayCommand({}));
        const id = InternetGateway?.InternetGatewayId;
        const attached = send(
          new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: network.vpc }),
        );
        return await attached.finally(() =>
          send(new DeleteInternetGatewayCommand({ InternetGatewayId: id })),
        );
      },
      value,
    ],
  ])('%s', refused);
});

async function refused(_what: string, call: () => Promise<unknown>, expected: string): Promise<void> {
  const before = aws.exists();
  expect(await outcome(call())).toBe(expected);
  expect(aws.exists()).toEqual(before);
}

function tag(id: string, key: string) {
  return send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: '' }] }));
}

function revoke(port: number) {
  return new RevokeSecurityGroupIngressCommand({
    GroupId: network.group,
    IpPermissions: [{ ...https, FromPort: port, ToPort: port }],
  });
}
