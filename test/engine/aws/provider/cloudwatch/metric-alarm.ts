/** hashicorp/terraform-provider-aws, internal/service/cloudwatch/metric_alarm.go, without expressions. */

import {
  type CloudWatchClient,
  ComparisonOperator,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  StandardUnit,
  Statistic,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { type ResourceData, tagsIn } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import type { Property } from '../bridge/schema.ts';
import { oneOf } from '../bridge/validators.ts';
import type { Cloud } from '../cloud.ts';
import { doing, tolerating } from '../errors.ts';
import { isGone } from '../gone.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';

const actions: Property = {
  type: 'set',
  optional: true,
  validate: (arn) => (/^arn:aws[\w-]*:/.test(String(arn)) ? undefined : 'to be an ARN'),
};

export const metricAlarm: ResourceType = {
  token: 'aws:cloudwatch/metricAlarm:MetricAlarm',
  schema: {
    ...regional,
    ...tagged,
    name: { type: 'string', required: true, forceNew: true },
    comparisonOperator: {
      type: 'string',
      required: true,
      validate: oneOf(...Object.values(ComparisonOperator)),
    },
    evaluationPeriods: { type: 'number', required: true },
    metricName: { type: 'string', optional: true },
    namespace: { type: 'string', optional: true },
    period: {
      type: 'number',
      optional: true,
      validate: (seconds) =>
        [10, 20, 30].includes(Number(seconds)) || Number(seconds) % 60 === 0
          ? undefined
          : 'to be 10, 20, 30 or a multiple of 60',
    },
    statistic: {
      type: 'string',
      optional: true,
      conflictsWith: ['extendedStatistic'],
      validate: oneOf(...Object.values(Statistic)),
    },
    extendedStatistic: { type: 'string', optional: true, conflictsWith: ['statistic'] },
    threshold: { type: 'number', optional: true },
    dimensions: { type: 'map', optional: true },
    actionsEnabled: { type: 'boolean', optional: true, default: true },
    alarmActions: actions,
    okActions: actions,
    insufficientDataActions: actions,
    alarmDescription: { type: 'string', optional: true },
    datapointsToAlarm: { type: 'number', optional: true },
    evaluateLowSampleCountPercentiles: { type: 'string', optional: true, computed: true },
    treatMissingData: {
      type: 'string',
      optional: true,
      default: 'missing',
      validate: oneOf('breaching', 'notBreaching', 'ignore', 'missing'),
    },
    unit: { type: 'string', optional: true, validate: oneOf(...Object.values(StandardUnit)) },
    arn: { type: 'string', computed: true },
  },
  refuse: (_, { planned }) => {
    const given = [planned.statistic, planned.extendedStatistic].filter((one) => one !== undefined);
    if (planned.metricName !== undefined && given.length !== 1) {
      throw new Error('One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm');
    }
  },
  /** An alarm of that name is overwritten. */
  create: async ({ cloudwatch }, data) => {
    await put(cloudwatch, data);
    data.id = data.text('name');
  },
  read: async (cloud, data) => {
    const { cloudwatch } = cloud;
    const what = `reading CloudWatch Metric Alarm (${data.id})`;
    const found = await doing(what, find(cloudwatch, data.id));
    if (isGone(found, data, what)) {
      return;
    }
    data.set(stateOf(found));
    const command = new ListTagsForResourceCommand({ ResourceARN: found.AlarmArn });
    const { Tags } = await doing(
      `listing tags for CloudWatch Metric Alarm (${data.id})`,
      cloudwatch.send(command),
    );
    data.set(tagState(cloud, data, tagsFrom(Tags)));
  },
  retag: async (cloud, id, TagKeys, updated) => {
    const { cloudwatch } = cloud;
    const ResourceARN = alarmArn(cloud, id);
    const what = `updating tags for CloudWatch Metric Alarm (${id})`;
    if (TagKeys.length > 0) {
      await doing(what, cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys })));
    }
    const Tags = Object.entries(updated).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) {
      await doing(what, cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags })));
    }
  },
  update: async ({ cloudwatch }, data) => {
    const { tags: _, tagsAll: __, ...others } = metricAlarm.schema;
    if (data.changed(...Object.keys(others))) {
      await put(cloudwatch, data);
    }
  },
  delete: async ({ cloudwatch }, { id }) => {
    const call = cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [id] }));
    const codes = ['ResourceNotFoundException', 'ResourceNotFound'];
    await tolerating(codes, `deleting CloudWatch Metric Alarm (${id})`, call);
  },
  import: importById,
};

function alarmArn({ region, accountId }: Cloud, name: string): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
}

async function find(cloudwatch: CloudWatchClient, name: string): Promise<MetricAlarm | undefined> {
  const command = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm'] });
  return (await cloudwatch.send(command)).MetricAlarms?.[0];
}

async function put(cloudwatch: CloudWatchClient, data: ResourceData): Promise<void> {
  const some = (name: string) => {
    const texts = data.texts(name);
    return texts.length > 0 ? texts : undefined;
  };
  const dimensions = Object.entries(tagsIn(data.get('dimensions')));
  const Tags = Object.entries(data.tags).map(([Key, Value]) => ({ Key, Value }));
  const command = new PutMetricAlarmCommand({
    AlarmName: data.text('name'),
    ComparisonOperator: data.text('comparisonOperator') as ComparisonOperator,
    EvaluationPeriods: data.maybeNumber('evaluationPeriods'),
    ActionsEnabled: data.flag('actionsEnabled'),
    AlarmActions: some('alarmActions'),
    OKActions: some('okActions'),
    InsufficientDataActions: some('insufficientDataActions'),
    AlarmDescription: data.maybeText('alarmDescription'),
    DatapointsToAlarm: data.maybeNumber('datapointsToAlarm') || undefined,
    Dimensions: dimensions.length > 0 ? dimensions.map(([Name, Value]) => ({ Name, Value })) : undefined,
    EvaluateLowSampleCountPercentile: data.maybeText('evaluateLowSampleCountPercentiles'),
    ExtendedStatistic: data.maybeText('extendedStatistic'),
    MetricName: data.maybeText('metricName'),
    Namespace: data.maybeText('namespace'),
    Period: data.maybeNumber('period') || undefined,
    Statistic: data.maybeText('statistic') as Statistic | undefined,
    Threshold: data.maybeNumber('threshold') ?? 0,
    TreatMissingData: data.maybeText('treatMissingData'),
    Unit: data.maybeText('unit') as StandardUnit | undefined,
    Tags: Tags.length > 0 ? Tags : undefined,
  });
  await doing(`creating CloudWatch Metric Alarm (${data.text('name')})`, cloudwatch.send(command));
}

function stateOf(found: MetricAlarm) {
  return {
    actionsEnabled: found.ActionsEnabled,
    alarmActions: found.AlarmActions ?? [],
    alarmDescription: found.AlarmDescription,
    name: found.AlarmName,
    arn: found.AlarmArn,
    comparisonOperator: found.ComparisonOperator,
    datapointsToAlarm: found.DatapointsToAlarm,
    dimensions: Object.fromEntries((found.Dimensions ?? []).map(({ Name = '', Value }) => [Name, Value])),
    evaluateLowSampleCountPercentiles: found.EvaluateLowSampleCountPercentile ?? '',
    evaluationPeriods: found.EvaluationPeriods,
    extendedStatistic: found.ExtendedStatistic,
    insufficientDataActions: found.InsufficientDataActions ?? [],
    metricName: found.MetricName,
    namespace: found.Namespace,
    okActions: found.OKActions ?? [],
    period: found.Period,
    statistic: found.Statistic,
    threshold: found.Threshold,
    treatMissingData: found.TreatMissingData ?? 'missing',
    unit: found.Unit,
  };
}
