/** What EC2 does in the course of a relay's life, by the official client. */
import {
  AssociateRouteTableCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  ModifySubnetAttributeCommand,
  ReleaseAddressCommand,
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
