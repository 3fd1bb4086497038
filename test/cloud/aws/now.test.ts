import { AllocateAddressCommand, CreateVpcCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { AllocateStaticIpCommand, CreateInstancesCommand } from '@aws-sdk/client-lightsail';
import { describe, expect, test } from 'vitest';
import { markedAtEc2, trafficAtEc2 } from '../../../src/cloud/aws/ec2-now.ts';
import { markedAtLightsail, trafficAtLightsail } from '../../../src/cloud/aws/lightsail-now.ts';
import { monthOf } from '../../../src/cloud/aws/marked.ts';
import { makeNetwork, runInstance } from '../../engine/aws/ec2-network.ts';
import { nano } from '../../engine/aws/lightsail-world.ts';
import { awsWorld, REGION } from './world.ts';

const MARK = '0123456789ab';
const TAGS = [{ key: 'reach4:stack', value: MARK }];

describe('what bears the mark at Lightsail', () => {
  test('is found by tag and by name, over all pages, and nothing else is', async () => {
    const { byHand } = await awsWorld(['*'], { pageSize: 1 });
    const make = (name: string, tags: typeof TAGS = []) =>
      byHand.lightsail.send(new CreateInstancesCommand({ instanceNames: [name], tags, ...nano }));
    await make('web');
    await make(`reach4-${MARK}-host-1`, TAGS);
    await make('reach4-ffffffffffff-host', [{ key: 'reach4:stack', value: 'ffffffffffff' }]);
    for (const staticIpName of [`reach4-${MARK}-address`, 'mine']) {
      await byHand.lightsail.send(new AllocateStaticIpCommand({ staticIpName }));
    }
    const { hosts, things } = await markedAtLightsail(REGION, MARK);
    expect(hosts).toEqual([
      { id: `reach4-${MARK}-host-1`, state: 'running', createdAt: expect.any(Date) as Date },
    ]);
    expect(things.map(({ remove }) => remove)).toEqual([
      `aws lightsail delete-instance --region eu-central-1 --instance-name reach4-${MARK}-host-1 --force-delete-add-ons`,
      `aws lightsail release-static-ip --region eu-central-1 --static-ip-name reach4-${MARK}-address`,
    ]);
  });
});

describe('what bears the mark at EC2', () => {
  test('is found by tag, in the order in which it can go; what is gone already is not', async () => {
    const { byHand } = await awsWorld(['*'], { unseenReads: 0, pageSize: 1 });
    const tagged = (ResourceType: 'vpc' | 'elastic-ip' | 'instance', Value = MARK) => [
      { ResourceType, Tags: [{ Key: 'reach4:stack', Value }] },
    ];
    await byHand.ec2.send(
      new CreateVpcCommand({ CidrBlock: '10.1.0.0/16', TagSpecifications: tagged('vpc', 'ffffffffffff') }),
    );
    const { Vpc } = await byHand.ec2.send(
      new CreateVpcCommand({ CidrBlock: '10.2.0.0/16', TagSpecifications: tagged('vpc') }),
    );
    const { AllocationId } = await byHand.ec2.send(
      new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: tagged('elastic-ip') }),
    );
    const network = await makeNetwork(byHand);
    const run = () => runInstance(byHand, network, { TagSpecifications: tagged('instance') });
    const [host, gone] = [await run(), await run()];
    await byHand.ec2.send(new TerminateInstancesCommand({ InstanceIds: [gone] }));
    const { hosts, things } = await markedAtEc2(REGION, MARK);
    expect(hosts.map(({ id, state }) => [id, state])).toEqual([[host, 'running']]);
    expect(things.map(({ remove }) => remove)).toEqual([
      `aws ec2 terminate-instances --instance-ids ${host} --region eu-central-1`,
      `aws ec2 release-address --allocation-id ${AllocationId} --region eu-central-1`,
      `aws ec2 delete-vpc --vpc-id ${Vpc?.VpcId} --region eu-central-1`,
    ]);
  });
});

describe('what was sent this month', () => {
  const now = new Date('2026-11-20T12:00:00Z');

  test('counts from the first, UTC', () => {
    expect(monthOf(new Date('2026-11-01T00:30:00+02:00'))).toEqual(new Date('2026-10-01T00:00:00Z'));
  });

  test('at Lightsail', async () => {
    const { aws, byHand } = await awsWorld();
    await byHand.lightsail.send(new CreateInstancesCommand({ instanceNames: ['host'], ...nano }));
    const sent = aws.account.region(REGION).sent;
    sent.set('host', [
      { at: new Date('2026-10-31T23:00:00Z'), bytes: 7 },
      { at: new Date('2026-11-01T01:00:00Z'), bytes: 1_000_000_000 },
      { at: new Date('2026-11-20T11:00:00Z'), bytes: 500_000_000 },
    ]);
    expect(await trafficAtLightsail(REGION, 'host', now)).toEqual({
      since: new Date('2026-11-01T00:00:00Z'),
      inBytes: 0,
      outBytes: 1_500_000_000,
    });
  });

  test('at EC2', async () => {
    const { aws } = await awsWorld();
    aws.account
      .region(REGION)
      .sent.set('i-0123456789abcdef0', [{ at: new Date('2026-11-02T01:00:00Z'), bytes: 42 }]);
    expect(await trafficAtEc2(REGION, 'i-0123456789abcdef0', now)).toMatchObject({ outBytes: 42 });
  });
});
