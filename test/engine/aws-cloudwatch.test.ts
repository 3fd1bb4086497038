/** The rest that a relay asks AWS for: alarms and traffic, the image's parameter, who one is. */
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';

const credentials = testCredentials('watch');
const instance = 'i-0123456789abcdef0';
let aws: Aws;
let clients: AwsClients;

beforeEach(async () => {
  aws = await startAws({ callers: { [credentials.accessKeyId]: {} } });
  clients = awsClients(aws.url, credentials);
});
afterEach(() => aws.stop());

const recovery: PutMetricAlarmCommandInput = {
  AlarmName: 'relay',
  Namespace: 'AWS/EC2',
  MetricName: 'StatusCheckFailed_System',
  Dimensions: [{ Name: 'InstanceId', Value: instance }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: ['arn:aws:automate:eu-central-1:ec2:recover'],
  Tags: [{ Key: 'reach4:stack', Value: 'abc' }],
};
const put = (input: Partial<PutMetricAlarmCommandInput>) =>
  clients.cloudwatch.send(new PutMetricAlarmCommand({ ...recovery, ...input }));

it('keeps an alarm with its tags, until it is deleted', async () => {
  const { cloudwatch } = clients;
  await put({});
  // Tags of an existing alarm stay.
  await put({ EvaluationPeriods: 3, Tags: [{ Key: 'other', Value: '' }] });
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['relay'] }));
  expect(MetricAlarms).toMatchObject([
    { AlarmName: 'relay', EvaluationPeriods: 3, StateValue: 'INSUFFICIENT_DATA' },
  ]);
  const ResourceARN = MetricAlarms?.[0]?.AlarmArn;
  const { Tags } = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }));
  expect(Tags).toEqual(recovery.Tags);
  expect(aws.exists()).toMatchObject([{ type: 'alarm', id: 'relay', tags: { 'reach4:stack': 'abc' } }]);
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['relay'] }));
  expect(aws.exists()).toEqual([]);
  expect(await outcome(cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN })))).toMatch(
    /^ResourceNotFound/,
  );
  const both = new DescribeAlarmsCommand({ AlarmNames: ['relay'], AlarmNamePrefix: 're' });
  expect(await outcome(cloudwatch.send(both))).toMatch(/InvalidParameterCombination/);
  expect(await outcome(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['relay'] })))).toMatch(
    /^ResourceNotFound/,
  );
});

it.each<[string, Partial<PutMetricAlarmCommandInput>, RegExp]>([
  [
    'recovery in another region',
    { AlarmActions: ['arn:aws:automate:us-east-1:ec2:recover'] },
    /InvalidParameterValue/,
  ],
  ['recovery on another metric', { MetricName: 'CPUUtilization' }, /InvalidParameterValue/],
  ['recovery of no instance', { Dimensions: [] }, /InvalidParameterValue/],
  ['a period of 45 seconds', { Period: 45 }, /InvalidParameterValue/],
  ['no metric', { MetricName: undefined }, /MissingParameter|MissingRequiredParameter/],
  ['no threshold', { Threshold: undefined }, /MissingParameter|MissingRequiredParameter/],
  ['no comparison', { ComparisonOperator: undefined }, /MissingParameter|MissingRequiredParameter/],
])('refuses an alarm with %s', async (_what, input, code) => {
  expect(await outcome(put(input))).toMatch(code);
  expect(aws.exists()).toEqual([]);
});

it('sums what an instance sent', async () => {
  const at = (minutes: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + minutes * 60_000);
  aws.account.region('eu-central-1').sent.set(instance, [
    { at: at(1), bytes: 5 },
    { at: at(61), bytes: 7 },
    { at: at(62), bytes: 8 },
  ]);
  const metric = { Namespace: 'AWS/EC2', MetricName: 'NetworkOut', Dimensions: recovery.Dimensions };
  const time = { StartTime: at(0), EndTime: at(120) };
  const { Datapoints } = await clients.cloudwatch.send(
    new GetMetricStatisticsCommand({ ...metric, ...time, Period: 3600, Statistics: ['Sum'] }),
  );
  expect(Datapoints?.map(({ Sum, Timestamp }) => [Sum, Timestamp])).toEqual([
    [5, at(0)],
    [15, at(60)],
  ]);
  const query = { Id: 'sent', MetricStat: { Metric: metric, Period: 3600, Stat: 'Sum' } };
  const { MetricDataResults } = await clients.cloudwatch.send(
    new GetMetricDataCommand({ ...time, MetricDataQueries: [query] }),
  );
  expect(MetricDataResults?.[0]).toMatchObject({ Id: 'sent', Values: [5, 15], Timestamps: [at(0), at(60)] });
  const month = new GetMetricStatisticsCommand({
    ...metric,
    StartTime: at(0),
    EndTime: at(31 * 24 * 60),
    Period: 60,
    Statistics: ['Sum'],
  });
  expect(await outcome(clients.cloudwatch.send(month))).toMatch(/InvalidParameterCombination/);
  const backwards = new GetMetricStatisticsCommand({
    ...metric,
    StartTime: at(60),
    EndTime: at(0),
    Period: 60,
    Statistics: ['Sum'],
  });
  expect(await outcome(clients.cloudwatch.send(backwards))).toMatch(/InvalidParameterCombination/);
  const expression = { Id: 'sum', Expression: 'SUM(METRICS())' };
  const computed = new GetMetricDataCommand({ ...time, MetricDataQueries: [expression] });
  expect(await outcome(clients.cloudwatch.send(computed))).toMatch(
    /MissingParameter|MissingRequiredParameter/,
  );
});

it('knows the images of Debian that its parameters name', async () => {
  for (const [name, architecture] of [
    ['arm64', 'arm64'],
    ['amd64', 'x86_64'],
  ]) {
    const { Parameter } = await clients.ssm.send(
      new GetParameterCommand({ Name: `/aws/service/debian/release/13/latest/${name}` }),
    );
    const { Images } = await clients.ec2.send(
      new DescribeImagesCommand({ ImageIds: [Parameter?.Value ?? ''] }),
    );
    expect(Images).toMatchObject([
      { Architecture: architecture, OwnerId: '136693071363', State: 'available' },
    ]);
  }
  const other = new GetParameterCommand({ Name: '/aws/service/debian/release/9/latest/arm64' });
  expect(await outcome(clients.ssm.send(other))).toBe('ParameterNotFound');
});

it('says who one is', async () => {
  expect(await clients.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '123456789012' });
});
