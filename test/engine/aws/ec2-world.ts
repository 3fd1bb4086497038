import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { testCredentials } from './api/access.ts';
import { startAws } from './api/server.ts';
import { type AwsClients, awsClients, outcome } from './clients.ts';
import { allocate, associate, makeNetwork, runInstance } from './ec2-network.ts';

/** The rule that the world's security group has. */
export const https: IpPermission = {
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
};

/**
 * A network in use: an instance that runs, one that is protected, one that is pending; an address at the first, and a
 * free one. With the calls that its rules are tried by.
 */
export async function startEc2World() {
  const credentials = testCredentials('rules');
  let now = Date.parse('2026-01-01T00:00:00Z');
  const callers = { [credentials.accessKeyId]: {} };
  const aws = await startAws({ callers, clock: () => now, unseenReads: 0 });
  const clients = awsClients(aws.url, credentials);
  const send: AwsClients['ec2']['send'] = clients.ec2.send.bind(clients.ec2);
  const network = await makeNetwork(clients);
  const { table, group: groupId } = network;
  await send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: network.subnet }));
  await send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [https] }));
  const running = await runInstance(clients, network);
  const guarded = await runInstance(clients, network, { DisableApiTermination: true });
  now += 1_000;
  const used = await allocate(clients);
  const association = await associate(clients, used, running);
  const free = await allocate(clients);
  const pending = await runInstance(clients, network);
  return {
    ...network,
    running,
    guarded,
    pending,
    used,
    association,
    free,
    stop: aws.stop,
    send,
    refuses: async (call: () => Promise<unknown>, code: string): Promise<void> => {
      const before = aws.exists();
      expect(await outcome(call())).toBe(code);
      expect(aws.exists()).toEqual(before);
    },
    instance: async (id: string) => {
      const { Reservations } = await send(new DescribeInstancesCommand({ InstanceIds: [id] }));
      return Reservations?.[0]?.Instances?.[0];
    },
    terminate: (id: string) => send(new TerminateInstancesCommand({ InstanceIds: [id] })),
    /** Until everything that is going on is done. */
    pass: () => {
      now += 1_000;
    },
    associate: (address: string, instance: string) => associate(clients, address, instance),
    run: (input: Parameters<typeof runInstance>[2]) => runInstance(clients, network, input),
    newVpc: (CidrBlock: string | undefined) => send(new CreateVpcCommand({ CidrBlock })),
    newSubnet: (CidrBlock: string, Ipv6CidrBlock?: string) =>
      send(new CreateSubnetCommand({ VpcId: network.vpc, CidrBlock, Ipv6CidrBlock })),
    newGroup: (GroupName: string, VpcId?: string) =>
      send(new CreateSecurityGroupCommand({ GroupName, Description: 'x', VpcId })),
    allow: (permission: IpPermission) =>
      send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] })),
    revoke: (permission: IpPermission) =>
      send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] })),
    route: (DestinationCidrBlock: string, GatewayId: string | undefined) =>
      send(new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock, GatewayId })),
    tag: (id: string, Key: string) =>
      send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value: '' }] })),
    mainTable: async () => {
      const { RouteTables } = await send(
        new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.main', Values: ['true'] }] }),
      );
      return RouteTables?.[0]?.RouteTableId;
    },
    defaultGroup: async () => {
      const { SecurityGroups } = await send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
      );
      return SecurityGroups?.[0]?.GroupId;
    },
  };
}
export type Ec2World = Awaited<ReturnType<typeof startEc2World>>;
