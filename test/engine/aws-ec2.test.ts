/** What EC2 does in the course of a relay's life, by the official client. */
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifySubnetAttributeCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import type { Route } from './aws/api/options.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';
import { allocate, associate, makeNetwork, type Network, runInstance } from './aws/ec2-network.ts';

const credentials = testCredentials('life');
const hand = testCredentials('hand');
let aws: Aws;
let clients: AwsClients;
let now: number;
let network: Network;
let routes: Route[];

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  routes = [];
  aws = await startAws({
    callers: { [credentials.accessKeyId]: {}, [hand.accessKeyId]: { behindTheScenes: true } },
    clock: () => now,
    times: { ec2Pending: 60_000, ec2ShuttingDown: 60_000, ec2Terminated: 60_000 },
    instanceAddresses: (ordinal, turn) => ({
      publicIpv4: `127.0.${ordinal}.${turn}`,
      ipv6: `fd00::${ordinal}`,
    }),
    staticAddress: (ordinal) => `127.1.0.${ordinal}`,
    onRoute: (route) => void routes.push(route),
  });
  clients = awsClients(aws.url, credentials);
  network = await makeNetwork(awsClients(aws.url, hand));
});
afterEach(() => aws.stop());

const send: AwsClients['ec2']['send'] = ((command: never) => clients.ec2.send(command)) as never;
/** Without eventual consistency in the way. */
const look: AwsClients['ec2']['send'] = ((command: never) =>
  awsClients(aws.url, hand).ec2.send(command)) as never;
const instance = async (id: string) => {
  const { Reservations } = await look(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};
const terminate = (id: string) => send(new TerminateInstancesCommand({ InstanceIds: [id] }));
const wait = () => {
  now += 60_000;
};

it('runs, moves an address to a second instance without a gap, and leaves nothing', async () => {
  const { AssociationId: tableAssociation } = await send(
    new AssociateRouteTableCommand({ RouteTableId: network.table, SubnetId: network.subnet }),
  );
  const old = await runInstance(clients, network, { UserData: Buffer.from('old').toString('base64') });
  wait();
  const address = await allocate(clients);
  await associate(clients, address, old);
  expect(await instance(old)).toMatchObject({ PublicIpAddress: '127.1.0.1', Ipv6Address: 'fd00::1' });
  const young = await runInstance(clients, network);
  wait();
  const association = await associate(clients, address, young, true);
  expect((await instance(old))?.PublicIpAddress).toBeUndefined();
  await terminate(old);
  expect((await instance(old))?.State?.Name).toBe('shutting-down');
  wait();
  expect(await instance(old)).toMatchObject({
    State: { Name: 'terminated', Code: 48 },
    NetworkInterfaces: [],
  });
  wait();
  expect(await outcome(instance(old))).toBe('InvalidInstanceID.NotFound');
  expect(routes.map((route) => `${route.address} ${route.instance?.userData ?? '-'}`)).toEqual([
    'fd00::1 old',
    '127.1.0.1 old',
    'fd00::2 ',
    '127.1.0.1 ',
    'fd00::1 -',
  ]);

  await send(new DisassociateAddressCommand({ AssociationId: association }));
  await send(new ReleaseAddressCommand({ AllocationId: address }));
  await terminate(young);
  expect(await outcome(send(new DeleteSubnetCommand({ SubnetId: network.subnet })))).toBe(
    'DependencyViolation',
  );
  wait();
  await send(new DeleteSecurityGroupCommand({ GroupId: network.group }));
  await send(new DisassociateRouteTableCommand({ AssociationId: tableAssociation }));
  await send(new DeleteRouteTableCommand({ RouteTableId: network.table }));
  await send(new DeleteSubnetCommand({ SubnetId: network.subnet }));
  await send(new DetachInternetGatewayCommand({ InternetGatewayId: network.gateway, VpcId: network.vpc }));
  await send(new DeleteInternetGatewayCommand({ InternetGatewayId: network.gateway }));
  await send(new DeleteVpcCommand({ VpcId: network.vpc }));
  expect(aws.exists()).toEqual([]);
});

it('shows a new resource from the second read on, by id and in lists', async () => {
  const id = await runInstance(clients, network);
  const read = new DescribeInstancesCommand({ InstanceIds: [id] });
  expect(await outcome(send(read))).toBe('InvalidInstanceID.NotFound');
  expect(await outcome(send(read))).toBe('ok');
  await allocate(clients);
  expect((await send(new DescribeAddressesCommand({}))).Addresses).toEqual([]);
  expect((await send(new DescribeAddressesCommand({}))).Addresses).toHaveLength(1);
});

it('runs once for a client token, whatever is answered', async () => {
  const token = { ClientToken: 'once' };
  const first = await runInstance(clients, network, token);
  expect(await runInstance(clients, network, token)).toBe(first);
  const other = runInstance(clients, network, { ...token, InstanceType: 't4g.micro' });
  expect(await outcome(other)).toBe('IdempotentParameterMismatch');
  expect(aws.exists().filter(({ type }) => type === 'instance')).toHaveLength(1);
});

it('frees the address of an instance that is terminated', async () => {
  const id = await runInstance(clients, network);
  wait();
  const address = await allocate(clients);
  await associate(clients, address, id);
  await terminate(id);
  expect(await outcome(send(new ReleaseAddressCommand({ AllocationId: address })))).toBe(
    'InvalidIPAddress.InUse',
  );
  wait();
  expect(await outcome(send(new ReleaseAddressCommand({ AllocationId: address })))).toBe('ok');
});

it('associates the same address and instance again without an error', async () => {
  const id = await runInstance(clients, network);
  wait();
  const address = await allocate(clients);
  expect(await associate(clients, address, id)).toBe(await associate(clients, address, id));
});

it('gives five addresses and no more', async () => {
  for (let count = 0; count < 5; count += 1) {
    await allocate(clients);
  }
  expect(await outcome(allocate(clients))).toBe('AddressLimitExceeded');
});

it("gives a temporary address where the subnet says so, which is in a gateway's way", async () => {
  const { subnet: SubnetId, gateway: InternetGatewayId, vpc: VpcId } = network;
  await send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const id = await runInstance(clients, network);
  wait();
  expect((await instance(id))?.PublicIpAddress).toBe('127.0.1.1');
  const detach = new DetachInternetGatewayCommand({ InternetGatewayId, VpcId });
  expect(await outcome(send(detach))).toBe('DependencyViolation');
  await send(new StopInstancesCommand({ InstanceIds: [id] }));
  wait();
  expect(await instance(id)).toMatchObject({ State: { Name: 'stopped' } });
  await send(new StartInstancesCommand({ InstanceIds: [id] }));
  wait();
  expect((await instance(id))?.PublicIpAddress).toBe('127.0.1.2');
});

it('keeps what RunInstances was told', async () => {
  const tags = [{ Key: 'reach4:stack', Value: 'abc' }];
  const id = await runInstance(clients, network, {
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
  const view = await instance(id);
  expect(view).toMatchObject({
    State: { Name: 'pending' },
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    MaintenanceOptions: { AutoRecovery: 'default' },
    Tags: tags,
    SecurityGroups: [{ GroupId: network.group, GroupName: 'relay' }],
  });
  const { Volumes } = await look(
    new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [id] }] }),
  );
  expect(Volumes).toMatchObject([{ Encrypted: true, Size: 9, VolumeType: 'gp3', Tags: tags }]);
  const { UserData } = await look(
    new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
  );
  expect(Buffer.from(UserData?.Value ?? '', 'base64').toString()).toBe('#!/bin/sh\n');
  const { InstanceCreditSpecifications } = await look(
    new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [id] }),
  );
  expect(InstanceCreditSpecifications).toEqual([{ InstanceId: id, CpuCredits: 'standard' }]);
  await send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpPutResponseHopLimit: 2 }));
  expect((await instance(id))?.MetadataOptions).toMatchObject({
    HttpTokens: 'required',
    HttpPutResponseHopLimit: 2,
  });
  const { NetworkInterfaces } = await look(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [network.group] }] }),
  );
  expect(NetworkInterfaces).toMatchObject([{ Attachment: { InstanceId: id }, Status: 'in-use' }]);
});

it('has a group begin with egress to everywhere, and rules with ids', async () => {
  const { GroupId = '' } = await send(
    new CreateSecurityGroupCommand({ VpcId: network.vpc, GroupName: 'new', Description: 'new' }),
  );
  const permission = { IpProtocol: '17', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }));
  const rules = async () => {
    const { SecurityGroupRules } = await look(
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
  await send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: ids }));
  const { SecurityGroups } = await look(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  expect(SecurityGroups?.[0]).toMatchObject({
    IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    IpPermissionsEgress: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
  });
});

it('finds resources by their tags, with wildcards and page by page', async () => {
  const [tag] = [{ Key: 'reach4:stack', Value: 'abc' }];
  await send(new CreateTagsCommand({ Resources: [network.vpc, network.subnet, network.table], Tags: [tag] }));
  const { Vpcs } = await look(
    new DescribeVpcsCommand({ Filters: [{ Name: 'tag:reach4:stack', Values: ['a*'] }] }),
  );
  expect(Vpcs?.map(({ VpcId }) => VpcId)).toEqual([network.vpc]);
  const filter = { Filters: [{ Name: 'key', Values: ['reach4:stack'] }], MaxResults: 2 };
  const first = await look(new DescribeTagsCommand(filter));
  const second = await look(new DescribeTagsCommand({ ...filter, NextToken: first.NextToken }));
  expect([...(first.Tags ?? []), ...(second.Tags ?? [])].map(({ ResourceId }) => ResourceId)).toEqual([
    network.vpc,
    network.subnet,
    network.table,
  ]);
  await send(new DeleteTagsCommand({ Resources: [network.vpc], Tags: [{ ...tag, Value: 'other' }] }));
  expect((await look(new DescribeTagsCommand(filter))).Tags?.[0]?.ResourceId).toBe(network.vpc);
  await send(new DeleteTagsCommand({ Resources: [network.vpc], Tags: [{ Key: tag?.Key }] }));
  expect((await look(new DescribeTagsCommand(filter))).Tags?.[0]?.ResourceId).toBe(network.subnet);
});

it('has routes go nowhere when their gateway has gone', async () => {
  await send(new DetachInternetGatewayCommand({ InternetGatewayId: network.gateway, VpcId: network.vpc }));
  await send(new DeleteInternetGatewayCommand({ InternetGatewayId: network.gateway }));
  const { RouteTables } = await look(new DescribeRouteTablesCommand({ RouteTableIds: [network.table] }));
  expect(RouteTables?.[0]?.Routes?.map(({ State }) => State)).toEqual([
    'active',
    'active',
    'blackhole',
    'blackhole',
  ]);
});

it('carries nothing out in a dry run', async () => {
  const { image, subnet } = network;
  const dry = new RunInstancesCommand({
    ImageId: image,
    InstanceType: 't4g.nano',
    SubnetId: subnet,
    MinCount: 1,
    MaxCount: 1,
    DryRun: true,
  });
  expect(await outcome(send(dry))).toBe('DryRunOperation');
  expect(aws.exists().filter(({ type }) => type === 'instance')).toEqual([]);
});
