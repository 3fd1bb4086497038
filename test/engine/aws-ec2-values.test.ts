/** What EC2 refuses whatever is there, or as long as it is so, by the official client. */
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteCommand,
  ModifyInstanceAttributeCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Ec2World, https, startEc2World } from './aws/ec2-world.ts';

let ec2: Ec2World;
beforeAll(async () => {
  ec2 = await startEc2World();
});
afterAll(() => ec2.stop());

const value = 'InvalidParameterValue';

describe('what is not valid, or not now', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['no block for a VPC', () => ec2.newVpc(undefined), 'MissingParameter'],
    ['a block of a VPC with host bits', () => ec2.newVpc('10.0.0.1/16'), 'InvalidVpc.Range'],
    ['a block of a VPC above /16', () => ec2.newVpc('10.0.0.0/15'), 'InvalidVpc.Range'],
    ['a subnet outside the VPC', () => ec2.newSubnet('10.1.0.0/24'), 'InvalidSubnet.Range'],
    [
      'an IPv6 subnet outside the VPC',
      () => ec2.newSubnet('10.0.1.0/24', '2001:db8:ffff:ffff::/64'),
      'InvalidSubnet.Range',
    ],
    ['a name of a group like an id', () => ec2.newGroup('sg-mine', ec2.vpc), value],
    ['TCP without ports', () => ec2.allow({ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }), value],
    ['a rule for nobody', () => ec2.allow({ IpProtocol: 'tcp', FromPort: 1, ToPort: 1 }), value],
    [
      'a rule for a range with host bits',
      () => ec2.allow({ ...https, IpRanges: [{ CidrIp: '203.0.113.7/24' }] }),
      value,
    ],
    ['ports the wrong way round', () => ec2.allow({ ...https, ToPort: 80 }), value],
    ['an unknown protocol', () => ec2.allow({ ...https, IpProtocol: 'quic' }), value],
    ['no count of instances', () => ec2.run({ MinCount: undefined }), 'MissingParameter'],
    ["user data that isn't base64", () => ec2.run({ UserData: '#!/bin/sh' }), value],
    ['user data above 16 KiB', () => ec2.run({ UserData: Buffer.alloc(16_385).toString('base64') }), value],
    ['an image of another architecture', () => ec2.run({ InstanceType: 't3.nano' }), value],
    [
      "a root volume below the image's size",
      () => ec2.run({ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 4 } }] }),
      value,
    ],
    [
      'an unknown credit specification',
      () => ec2.run({ CreditSpecification: { CpuCredits: 'endless' } }),
      value,
    ],
    ['a hop limit of 65', () => ec2.run({ MetadataOptions: { HttpPutResponseHopLimit: 65 } }), value],
    ['an address at a pending instance', () => ec2.associate(ec2.free, ec2.pending), 'InvalidInstanceID'],
    ["a tag of AWS's own", () => ec2.tag(ec2.vpc, 'aws:mine'), value],
    [
      "tags for what the call doesn't make",
      () => ec2.run({ TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] }] }),
      value,
    ],
    [
      'two attributes of a VPC at once',
      () =>
        ec2.send(
          new ModifyVpcAttributeCommand({
            VpcId: ec2.vpc,
            EnableDnsSupport: { Value: true },
            EnableDnsHostnames: { Value: true },
          }),
        ),
      'InvalidParameterCombination',
    ],
    [
      'two attributes of a subnet at once',
      () =>
        ec2.send(
          new ModifySubnetAttributeCommand({
            SubnetId: ec2.subnet,
            AssignIpv6AddressOnCreation: { Value: true },
            MapPublicIpOnLaunch: { Value: true },
          }),
        ),
      'InvalidParameterCombination',
    ],
    [
      'user data of an instance that runs',
      () =>
        ec2.send(
          new ModifyInstanceAttributeCommand({
            InstanceId: ec2.running,
            UserData: { Value: Buffer.from('x') },
          }),
        ),
      'IncorrectInstanceState',
    ],
    [
      'deleting the local route',
      () =>
        ec2.send(new DeleteRouteCommand({ RouteTableId: ec2.table, DestinationCidrBlock: '10.0.0.0/16' })),
      value,
    ],
    [
      'a second gateway for a VPC',
      async () => {
        const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
        const id = InternetGateway?.InternetGatewayId;
        const attached = ec2.send(
          new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: ec2.vpc }),
        );
        return await attached.finally(() =>
          ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id })),
        );
      },
      value,
    ],
  ])('%s', (_what, call, code) => ec2.refuses(call, code));
});
