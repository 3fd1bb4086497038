/** What a test saved of the cloud is there again when it loads it, and works on. */
import { AssociateRouteTableCommand, DeleteVpcCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateInstancesCommand, DeleteInstanceCommand } from '@aws-sdk/client-lightsail';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { startAws } from './aws/api/server.ts';
import { awsClients, outcome } from './aws/clients.ts';
import { allocate, associate, makeNetwork, runInstance } from './aws/ec2-network.ts';
import { nano } from './aws/lightsail-world.ts';

const credentials = testCredentials('save');

it('saves and loads', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const routed = new Map<string, string>();
  await using aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    clock: () => now,
    unseenReads: 0,
    zones: [{ name: 'example.org', id: 'Z1' }],
    onRoute: ({ address, instance }) =>
      void (instance === null ? routed.delete(address) : routed.set(address, instance.id)),
  });
  const clients = awsClients(aws.url, credentials);
  const network = await makeNetwork(clients);
  await clients.ec2.send(
    new AssociateRouteTableCommand({ RouteTableId: network.table, SubnetId: network.subnet }),
  );
  const instance = await runInstance(clients, network);
  now += 1_000;
  const address = await allocate(clients);
  await associate(clients, address, instance);
  await clients.lightsail.send(new CreateInstancesCommand({ instanceNames: ['one'], ...nano }));
  const ResourceRecordSet = {
    Name: 'www.example.org',
    Type: 'A' as const,
    TTL: 60,
    ResourceRecords: [{ Value: '203.0.113.7' }],
  };
  const change = (Action: 'CREATE' | 'DELETE') =>
    clients.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: 'Z1',
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
      }),
    );
  await change('CREATE');
  const saved = aws.account.save();
  const existed = aws.exists();
  // What was going on has been done first, and is told.
  await aws.account.announce();
  const before = [...routed];
  expect(before.map(([, id]) => id).sort()).toEqual([instance, instance, 'one', 'one']);

  for (const _time of [1, 2]) {
    await clients.lightsail.send(new DeleteInstanceCommand({ instanceName: 'one' }));
    await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
    await change('DELETE');
    now += 10_000;
    expect(aws.exists()).not.toEqual(existed);
    await aws.account.load(saved);
    expect(aws.exists()).toEqual(existed);
    expect(new Map(routed)).toEqual(new Map(before));
    // What depended on something does so still.
    const vpc = clients.ec2.send(new DeleteVpcCommand({ VpcId: network.vpc }));
    expect(await outcome(vpc)).toBe('DependencyViolation');
    const again = associate(clients, address, instance);
    expect(await outcome(again)).toBe('ok');
  }
});
