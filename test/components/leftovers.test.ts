import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type ResourceType,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AllocateStaticIpCommand,
  AttachStaticIpCommand,
  CreateInstancesCommand,
} from '@aws-sdk/client-lightsail';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Ec2Leftovers } from '../../src/components/ec2-leftovers.ts';
import { LightsailLeftovers } from '../../src/components/lightsail-leftovers.ts';
import { testCredentials } from '../engine/aws/api/access.ts';
import { type Aws, startAws } from '../engine/aws/api/server.ts';
import { type AwsClients, awsClients } from '../engine/aws/clients.ts';
import { expectFreezable, frozenText, thawed } from './frozen.ts';

const REGION = 'eu-central-1';
const OURS = '0123456789ab';
const OTHERS = 'ba9876543210';

interface Inputs {
  region: string;
  mark: string;
  kept: string[];
  sweeps: 'always' | 'at-teardown';
  found?: string[];
}
interface Provider {
  create(inputs: Inputs): Promise<{ id: string; outs: Inputs }>;
  read(id: string, state: Inputs): Promise<{ id: string; props: Inputs }>;
  diff(id: string, olds: Inputs, news: Inputs): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: Inputs, news: Inputs): Promise<{ outs: Inputs }>;
  delete(id: string, state: Inputs): Promise<void>;
}

const args = { region: REGION, mark: OURS, kept: [], sweeps: 'always' } as const;
const lightsailText = () => frozenText('l', () => new LightsailLeftovers('l', args));
const ec2Text = () => frozenText('l', () => new Ec2Leftovers('l', args));
const inputs = (kept: string[], more: Partial<Inputs> = {}): Inputs => ({ ...args, kept, ...more });

const program = testCredentials('program');
const hand = testCredentials('hand');
let aws: Aws;
let byHand: AwsClients;

beforeEach(async () => {
  aws = await startAws({
    callers: { [program.accessKeyId]: {}, [hand.accessKeyId]: { behindTheScenes: true } },
    times: { lightsailCreate: 1, lightsailDelete: 1, ec2Pending: 1, ec2ShuttingDown: 1, ec2Terminated: 1 },
    unseenReads: 0,
  });
  byHand = awsClients(aws.url, hand, REGION);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', program.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', program.secretAccessKey);
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await aws.stop();
});

const exists = (): string[] =>
  aws
    .exists()
    .map(({ id }) => id)
    .sort();
const removed = (): string[] => aws.calls.writes.map(({ action }) => action.replace(/^.*:/u, ''));

test('what is frozen is small, and loads the clients of the cloud and nothing else', async () => {
  expectFreezable(await lightsailText(), ['@aws-sdk/client-lightsail']);
  expectFreezable(await ec2Text(), ['@aws-sdk/client-ec2', '@aws-sdk/client-cloudwatch']);
});

describe('at Lightsail', () => {
  const instance = async (name: string, mark: string): Promise<void> => {
    await byHand.lightsail.send(
      new CreateInstancesCommand({
        instanceNames: [name],
        availabilityZone: `${REGION}a`,
        blueprintId: 'debian_12',
        bundleId: 'nano_3_0',
        tags: [{ key: 'reach4:stack', value: mark }],
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const staticIp = (staticIpName: string) =>
    byHand.lightsail.send(new AllocateStaticIpCommand({ staticIpName }));

  test('sweeps what bears the mark and is not kept, and nothing else', async () => {
    const provider = thawed<Provider>(await lightsailText());
    await instance(`reach4-${OURS}-host-1`, OURS);
    await instance(`reach4-${OURS}-host-2`, OURS);
    await instance(`reach4-${OTHERS}-host-1`, OTHERS);
    // Neither by its name alone nor by its tag alone is it ours.
    await instance(`reach4-${OURS}-copied-by-hand`, OTHERS);
    await instance('named-by-hand', OURS);
    await staticIp(`reach4-${OURS}-address-1`);
    await staticIp(`reach4-${OURS}-address-2`);
    await staticIp(`reach4-${OTHERS}-address-1`);
    await byHand.lightsail.send(
      new AttachStaticIpCommand({
        staticIpName: `reach4-${OURS}-address-2`,
        instanceName: `reach4-${OURS}-host-2`,
      }),
    );
    const kept = [`reach4-${OURS}-host-1`, `reach4-${OURS}-address-1`];
    const rest = [
      ...kept,
      `reach4-${OTHERS}-host-1`,
      `reach4-${OURS}-copied-by-hand`,
      'named-by-hand',
      `reach4-${OTHERS}-address-1`,
    ].sort();

    const seen = await provider.read('l', inputs(kept));
    expect(seen.props.found?.sort()).toEqual([`reach4-${OURS}-address-2`, `reach4-${OURS}-host-2`]);
    expect(removed()).toEqual([]);
    expect(await provider.diff('', seen.props, inputs(kept))).toEqual({ changes: true, replaces: [] });
    expect(await provider.update('', seen.props, inputs(kept))).toEqual({ outs: inputs(kept) });
    expect(exists()).toEqual(rest);
    expect(removed()).toEqual(['DeleteInstance', 'ReleaseStaticIp']);
    // Again: nothing is left to do.
    await provider.delete('', inputs(kept));
    expect(removed()).toHaveLength(2);
  });

  test('an update leaves what was kept until now to the engine', async () => {
    const provider = thawed<Provider>(await lightsailText());
    await instance(`reach4-${OURS}-host-1`, OURS);
    await instance(`reach4-${OURS}-host-2`, OURS);
    await provider.update('', inputs([`reach4-${OURS}-host-1`]), inputs([`reach4-${OURS}-host-2`]));
    expect(removed()).toEqual([]);
  });

  test('one that sweeps at teardown only neither looks nor removes before', async () => {
    const provider = thawed<Provider>(await lightsailText());
    const first = inputs([], { sweeps: 'at-teardown' });
    await instance(`reach4-${OURS}-host-1`, OURS);
    await provider.create(first);
    expect(await provider.read('l', first)).toEqual({ id: 'l', props: first });
    await provider.update('', first, first);
    expect(aws.calls.log).toEqual([]);
    await provider.delete('', first);
    expect(exists()).toEqual([]);
  });

  test('an answer that gets lost, and a service that is busy, are tried again', async () => {
    const provider = thawed<Provider>(await lightsailText());
    await instance(`reach4-${OURS}-host-1`, OURS);
    aws.fail({ kind: 'throttle', among: 'all' });
    aws.fail({ kind: 'server-error', at: 'after', action: 'lightsail:DeleteInstance' });
    await provider.delete('', inputs([]));
    expect(exists()).toEqual([]);
  });
});

describe('on EC2', () => {
  const tagged = (type: ResourceType, mark = OURS) => [
    { ResourceType: type, Tags: [{ Key: 'reach4:stack', Value: mark }] },
  ];
  async function network(mark: string): Promise<{ vpc: string; subnet: string; group: string }> {
    const { ec2 } = byHand;
    const { Vpc } = await ec2.send(
      new CreateVpcCommand({ CidrBlock: '10.0.0.0/24', TagSpecifications: tagged('vpc', mark) }),
    );
    const VpcId = Vpc?.VpcId;
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24', TagSpecifications: tagged('subnet', mark) }),
    );
    const { InternetGateway } = await ec2.send(
      new CreateInternetGatewayCommand({ TagSpecifications: tagged('internet-gateway', mark) }),
    );
    const InternetGatewayId = InternetGateway?.InternetGatewayId;
    await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        VpcId,
        GroupName: 'g',
        Description: 'd',
        TagSpecifications: tagged('security-group', mark),
      }),
    );
    return { vpc: VpcId ?? '', subnet: Subnet?.SubnetId ?? '', group: GroupId ?? '' };
  }
  async function host({ subnet, group }: { subnet: string; group: string }): Promise<string> {
    const { Instances } = await byHand.ec2.send(
      new RunInstancesCommand({
        ImageId: await image(),
        InstanceType: 't4g.nano',
        SubnetId: subnet,
        SecurityGroupIds: [group],
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: tagged('instance'),
      }),
    );
    return Instances?.[0]?.InstanceId ?? '';
  }
  const image = async (): Promise<string> => {
    const name = '/aws/service/debian/release/13/latest/arm64';
    const { GetParameterCommand } = await import('@aws-sdk/client-ssm');
    return (await byHand.ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value ?? '';
  };

  test('sweeps a whole network, each after what depends on it, and leaves the other stack alone', async () => {
    const provider = thawed<Provider>(await ec2Text());
    const ours = await network(OURS);
    await network(OTHERS);
    await host(ours);
    await byHand.ec2.send(
      new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: tagged('elastic-ip') }),
    );
    const alarm = { Namespace: 'AWS/EC2', MetricName: 'm', Period: 60, EvaluationPeriods: 1, Threshold: 0 };
    for (const mark of [OURS, OTHERS]) {
      await byHand.cloudwatch.send(
        new PutMetricAlarmCommand({
          ...alarm,
          AlarmName: `reach4-${mark}-recover`,
          Statistic: 'Maximum',
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      );
    }
    await provider.delete('', inputs([]));
    expect(aws.exists().filter(({ tags, id }) => tags['reach4:stack'] === OURS || id.includes(OURS))).toEqual(
      [],
    );
    expect(exists()).toHaveLength(5);
    expect(removed()).toEqual([
      'DeleteAlarms',
      'TerminateInstances',
      'ReleaseAddress',
      'DetachInternetGateway',
      'DeleteInternetGateway',
      'DeleteSubnet',
      'DeleteSecurityGroup',
      'DeleteVpc',
    ]);
  });

  test('a host that was never recorded goes, and the network that it stands in stays', async () => {
    const provider = thawed<Provider>(await ec2Text());
    const ours = await network(OURS);
    const kept = exists();
    const stray = await host(ours);
    const seen = await provider.read('l', inputs(kept));
    expect(seen.props.found).toEqual([stray]);
    await provider.update('', seen.props, inputs(kept));
    expect(exists()).toEqual(kept);
  });
});
