/** What EC2 shows of what it was told, by the official client. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteInternetGatewayCommand,
  DeleteTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  ModifyInstanceMetadataOptionsCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ec2World, startEc2World } from './aws/ec2-world.ts';

let ec2: Ec2World;
beforeEach(async () => {
  ec2 = await startEc2World();
});
afterEach(() => ec2.stop());

it('keeps what RunInstances was told', async () => {
  const tags = [{ Key: 'reach4:stack', Value: 'abc' }];
  const id = await ec2.run({
    UserData: Buffer.from('#!/bin/sh\n').toString('base64'),
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    CreditSpecification: { CpuCredits: 'standard' },
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 9, VolumeType: 'gp3' } },
    ],
    MaintenanceOptions: { AutoRecovery: 'default' },
    TagSpecifications: [
      { ResourceType: 'instance', Tags: tags },
      { ResourceType: 'volume', Tags: tags },
    ],
  });
  const view = await ec2.instance(id);
  expect(view).toMatchObject({
    State: { Name: 'pending' },
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    MaintenanceOptions: { AutoRecovery: 'default' },
    Tags: tags,
    SecurityGroups: [{ GroupId: ec2.group, GroupName: 'relay' }],
  });
  const { Volumes } = await ec2.send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [id] }] }),
  );
  expect(Volumes).toMatchObject([{ Encrypted: true, Size: 9, VolumeType: 'gp3', Tags: tags }]);
  const { UserData } = await ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
  );
  expect(Buffer.from(UserData?.Value ?? '', 'base64').toString()).toBe('#!/bin/sh\n');
  const { InstanceCreditSpecifications } = await ec2.send(
    new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [id] }),
  );
  expect(InstanceCreditSpecifications).toEqual([{ InstanceId: id, CpuCredits: 'standard' }]);
  await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpPutResponseHopLimit: 2 }));
  expect((await ec2.instance(id))?.MetadataOptions).toMatchObject({
    HttpTokens: 'required',
    HttpPutResponseHopLimit: 2,
  });
  const { NetworkInterfaces } = await ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [id] }] }),
  );
  expect(NetworkInterfaces).toMatchObject([{ Groups: [{ GroupId: ec2.group }], Status: 'in-use' }]);
});

it('has a group begin with egress to everywhere, and rules with ids', async () => {
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: ec2.vpc, GroupName: 'new', Description: 'new' }),
  );
  const permission = { IpProtocol: '17', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }));
  const rules = async () => {
    const { SecurityGroupRules } = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }),
    );
    return SecurityGroupRules ?? [];
  };
  expect(await rules()).toMatchObject([
    { IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
    { IsEgress: true, IpProtocol: '-1', CidrIpv6: '::/0' },
    { IsEgress: false, IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIpv4: '0.0.0.0/0' },
  ]);
  const ids = (await rules()).slice(0, 1).map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: ids }));
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  expect(SecurityGroups?.[0]).toMatchObject({
    IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    IpPermissionsEgress: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
  });
});

it('finds resources by their tags, with wildcards and page by page', async () => {
  const [tag] = [{ Key: 'reach4:stack', Value: 'abc' }];
  await ec2.send(new CreateTagsCommand({ Resources: [ec2.vpc, ec2.subnet, ec2.table], Tags: [tag] }));
  const { Vpcs } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag:reach4:stack', Values: ['a*'] }] }),
  );
  expect(Vpcs?.map(({ VpcId }) => VpcId)).toEqual([ec2.vpc]);
  const filter = { Filters: [{ Name: 'key', Values: ['reach4:stack'] }], MaxResults: 2 };
  const first = await ec2.send(new DescribeTagsCommand(filter));
  const second = await ec2.send(new DescribeTagsCommand({ ...filter, NextToken: first.NextToken }));
  expect([...(first.Tags ?? []), ...(second.Tags ?? [])].map(({ ResourceId }) => ResourceId)).toEqual([
    ec2.vpc,
    ec2.subnet,
    ec2.table,
  ]);
  await ec2.send(new DeleteTagsCommand({ Resources: [ec2.vpc], Tags: [{ ...tag, Value: 'other' }] }));
  expect((await ec2.send(new DescribeTagsCommand(filter))).Tags?.[0]?.ResourceId).toBe(ec2.vpc);
  await ec2.send(new DeleteTagsCommand({ Resources: [ec2.vpc], Tags: [{ Key: tag?.Key }] }));
  expect((await ec2.send(new DescribeTagsCommand(filter))).Tags?.[0]?.ResourceId).toBe(ec2.subnet);
});

it('has routes go nowhere when their gateway has gone', async () => {
  await ec2.send(new DisassociateAddressCommand({ AssociationId: ec2.association }));
  await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: ec2.gateway, VpcId: ec2.vpc }));
  await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: ec2.gateway }));
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [ec2.table] }));
  expect(RouteTables?.[0]?.Routes?.map(({ State }) => State)).toEqual([
    'active',
    'active',
    'blackhole',
    'blackhole',
  ]);
});

it('carries nothing out in a dry run', async () => {
  await ec2.refuses(() => ec2.run({ DryRun: true }), 'DryRunOperation');
});
