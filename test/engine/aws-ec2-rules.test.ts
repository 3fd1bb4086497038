/** What EC2 refuses because of what is there, or isn't, by the official client. */
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  ReleaseAddressCommand,
  ReplaceRouteCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Ec2World, https, startEc2World } from './aws/ec2-world.ts';

let ec2: Ec2World;
beforeAll(async () => {
  ec2 = await startEc2World();
});
afterAll(() => ec2.stop());

const gone = '0123456789abcdef0';
const value = 'InvalidParameterValue';
const dependency = 'DependencyViolation';

describe('what depends on something, or is depended on', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a VPC with all that is in it', () => ec2.send(new DeleteVpcCommand({ VpcId: ec2.vpc })), dependency],
    [
      'a subnet with instances',
      () => ec2.send(new DeleteSubnetCommand({ SubnetId: ec2.subnet })),
      dependency,
    ],
    [
      'a security group of instances',
      () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: ec2.group })),
      dependency,
    ],
    [
      'detaching a gateway while a public address is mapped',
      () => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: ec2.gateway, VpcId: ec2.vpc })),
      dependency,
    ],
    [
      'an attached gateway',
      () => ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: ec2.gateway })),
      dependency,
    ],
    [
      'a route table with associations',
      () => ec2.send(new DeleteRouteTableCommand({ RouteTableId: ec2.table })),
      dependency,
    ],
    [
      'the main route table',
      async () => ec2.send(new DeleteRouteTableCommand({ RouteTableId: await ec2.mainTable() })),
      dependency,
    ],
    [
      'the default security group',
      async () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: await ec2.defaultGroup() })),
      'CannotDelete',
    ],
    [
      'an associated address',
      () => ec2.send(new ReleaseAddressCommand({ AllocationId: ec2.used })),
      'InvalidIPAddress.InUse',
    ],
    [
      'an instance that is protected',
      () => ec2.send(new TerminateInstancesCommand({ InstanceIds: [ec2.guarded] })),
      'OperationNotPermitted',
    ],
  ])('%s', (_what, call, code) => ec2.refuses(call, code));
});

describe('what is there already', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a group with the same name', () => ec2.newGroup('relay', ec2.vpc), 'InvalidGroup.Duplicate'],
    ['a rule', () => ec2.allow(https), 'InvalidPermission.Duplicate'],
    ['a route to elsewhere', () => ec2.route('10.0.0.0/16', ec2.gateway), 'RouteAlreadyExists'],
    ['a subnet that overlaps', () => ec2.newSubnet('10.0.0.128/25'), 'InvalidSubnet.Conflict'],
    [
      'a subnet that overlaps in IPv6',
      () => ec2.newSubnet('10.0.1.0/24', ec2.ipv6),
      'InvalidSubnet.Conflict',
    ],
    [
      'a second association of a subnet',
      () => ec2.send(new AssociateRouteTableCommand({ RouteTableId: ec2.table, SubnetId: ec2.subnet })),
      'Resource.AlreadyAssociated',
    ],
    [
      'attaching a gateway twice',
      () => ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: ec2.gateway, VpcId: ec2.vpc })),
      'Resource.AlreadyAssociated',
    ],
    [
      'an address at another instance',
      () => ec2.associate(ec2.used, ec2.guarded),
      'Resource.AlreadyAssociated',
    ],
    [
      'another address at the instance',
      () => ec2.associate(ec2.free, ec2.running),
      'Resource.AlreadyAssociated',
    ],
  ])('%s', (_what, call, code) => ec2.refuses(call, code));
});

describe('what is not there', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a VPC', () => ec2.send(new DescribeVpcsCommand({ VpcIds: [`vpc-${gone}`] })), 'InvalidVpcID.NotFound'],
    [
      'what is no VPC',
      () => ec2.send(new DescribeVpcsCommand({ VpcIds: ['mine'] })),
      'InvalidVpcID.Malformed',
    ],
    [
      'a subnet',
      () => ec2.send(new DescribeSubnetsCommand({ SubnetIds: [`subnet-${gone}`] })),
      'InvalidSubnetID.NotFound',
    ],
    [
      'a group',
      () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: `sg-${gone}` })),
      'InvalidGroup.NotFound',
    ],
    [
      'an instance',
      () => ec2.send(new DescribeInstancesCommand({ InstanceIds: [`i-${gone}`] })),
      'InvalidInstanceID.NotFound',
    ],
    ['an image', () => ec2.run({ ImageId: `ami-${gone}` }), 'InvalidAMIID.NotFound'],
    [
      'an image to look at',
      () => ec2.send(new DescribeImagesCommand({ ImageIds: [`ami-${gone}`] })),
      'InvalidAMIID.NotFound',
    ],
    ['an instance type', () => ec2.run({ InstanceType: 't9.nano' as never }), value],
    [
      'an instance type to look at',
      () => ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['t9.nano' as never] })),
      'InvalidInstanceType',
    ],
    ['an address', () => ec2.associate(`eipalloc-${gone}`, ec2.running), 'InvalidAllocationID.NotFound'],
    [
      'an association of an address',
      () => ec2.send(new DisassociateAddressCommand({ AssociationId: `eipassoc-${gone}` })),
      'InvalidAssociationID.NotFound',
    ],
    [
      'an association of a table',
      () => ec2.send(new DisassociateRouteTableCommand({ AssociationId: `rtbassoc-${gone}` })),
      'InvalidAssociationID.NotFound',
    ],
    ['a rule', () => ec2.revoke({ ...https, FromPort: 80, ToPort: 80 }), 'InvalidPermission.NotFound'],
    [
      'a route to delete',
      () =>
        ec2.send(new DeleteRouteCommand({ RouteTableId: ec2.table, DestinationCidrBlock: '192.0.2.0/24' })),
      'InvalidRoute.NotFound',
    ],
    [
      'a route to replace',
      () =>
        ec2.send(
          new ReplaceRouteCommand({
            RouteTableId: ec2.table,
            DestinationCidrBlock: '192.0.2.0/24',
            GatewayId: ec2.gateway,
          }),
        ),
      'InvalidRoute.NotFound',
    ],
    [
      'a gateway for a route',
      () => ec2.route('192.0.2.0/24', `igw-${gone}`),
      'InvalidInternetGatewayID.NotFound',
    ],
    ['what is to be tagged', () => ec2.tag(`vpc-${gone}`, 'a'), 'InvalidVpcID.NotFound'],
    ['a default VPC for a group', () => ec2.newGroup('other'), 'VPCIdNotSpecified'],
    ['a default VPC for an instance', () => ec2.run({ SubnetId: undefined }), 'VPCIdNotSpecified'],
    [
      'a filter',
      () => ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })),
      value,
    ],
  ])('%s', (_what, call, code) => ec2.refuses(call, code));
});
