import {
  DeleteAlarms$,
  type DeleteAlarmsInput,
  DescribeAlarms$,
  type DescribeAlarmsInput,
  type DescribeAlarmsOutput,
  GetMetricData$,
  type GetMetricDataInput,
  type GetMetricDataOutput,
  GetMetricStatistics$,
  type GetMetricStatisticsInput,
  type GetMetricStatisticsOutput,
  ListTagsForResource$,
  type ListTagsForResourceInput,
  type ListTagsForResourceOutput,
  PutMetricAlarm$,
  type PutMetricAlarmInput,
  TagResource$,
  type TagResourceInput,
  UntagResource$,
  type UntagResourceInput,
} from '@aws-sdk/client-cloudwatch';
import type { Region } from '../account.ts';
import { AwsError, queryErrors } from '../errors.ts';
import { page } from '../paging.ts';
import { byName, byTarget } from '../service.ts';
import type { Service } from '../services.ts';
import { sums } from '../traffic.ts';
import { jsonWire } from '../wire/json.ts';
import { type Given, operation } from '../wire/operation.ts';
import type { Alarm } from './alarms.ts';

/** CloudWatch's refusals; its API reference names the codes, the wording is this stand-in's. */
const refusal = {
  invalid: (message: string) => new AwsError('InvalidParameterValue', message),
  combination: (message: string) => new AwsError('InvalidParameterCombination', message),
  missing: (message: string) => new AwsError('MissingParameter', message),
  // what DeleteAlarms answers if one of the alarms isn't there
  noAlarm: (message: string) => new AwsError('ResourceNotFound', message, 404),
};

/** Data points in one answer of GetMetricStatistics (API reference). */
const POINT_LIMIT = 1_440;

const alarmOperations = [
  operation<PutMetricAlarmInput, object>(PutMetricAlarm$, (input, call) => {
    refuseBadAlarm(input, call.region);
    const { alarms } = call.region;
    const old = alarms.byName.get(input.AlarmName);
    const given = (input.Tags ?? []).map(({ Key = '', Value = '' }): [string, string] => [Key, Value]);
    if (given.length > 0) {
      call.demand('cloudwatch:TagResource');
    }
    const { Tags, ...rest } = input;
    alarms.byName.set(input.AlarmName, {
      ...rest,
      AlarmArn: arn(call.region, input.AlarmName),
      ActionsEnabled: input.ActionsEnabled ?? true,
      StateValue: old?.StateValue ?? 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      AlarmConfigurationUpdatedTimestamp: call.account.now,
      // Tags are for new alarms; of an existing one they stay as they were (API reference).
      tags: old?.tags ?? Object.fromEntries(given),
    });
    return {};
  }),
  operation<DescribeAlarmsInput, DescribeAlarmsOutput>(
    DescribeAlarms$,
    ({ AlarmNames, AlarmNamePrefix, StateValue, MaxRecords, NextToken }, { region, account }) => {
      if (AlarmNames !== undefined && AlarmNamePrefix !== undefined) {
        throw refusal.combination('AlarmNamePrefix and AlarmNames cannot be given together');
      }
      const matching = [...region.alarms.byName.values()].filter(
        (alarm) =>
          (AlarmNames?.includes(alarm.AlarmName) ?? true) &&
          alarm.AlarmName.startsWith(AlarmNamePrefix ?? '') &&
          (StateValue ?? alarm.StateValue) === alarm.StateValue,
      );
      const { items, next } = page(
        matching,
        NextToken,
        MaxRecords ?? account.settings.pageSize,
        'InvalidNextToken',
      );
      return { MetricAlarms: items, CompositeAlarms: [], NextToken: next };
    },
  ),
  operation<DeleteAlarmsInput, object>(DeleteAlarms$, ({ AlarmNames }, { region: { alarms } }) => {
    const missing = AlarmNames.find((name) => !alarms.byName.has(name));
    if (missing !== undefined) {
      throw refusal.noAlarm(`Alarm ${missing} does not exist`);
    }
    for (const name of AlarmNames) {
      alarms.byName.delete(name);
    }
    return {};
  }),
  operation<ListTagsForResourceInput, ListTagsForResourceOutput>(
    ListTagsForResource$,
    ({ ResourceARN }, { region }) => ({
      Tags: Object.entries(named(region, ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  ),
  operation<TagResourceInput, object>(TagResource$, ({ ResourceARN, Tags }, { region }) => {
    const alarm = named(region, ResourceARN);
    for (const { Key = '', Value = '' } of Tags) {
      alarm.tags[Key] = Value;
    }
    return {};
  }),
  operation<UntagResourceInput, object>(UntagResource$, ({ ResourceARN, TagKeys }, { region }) => {
    const alarm = named(region, ResourceARN);
    alarm.tags = Object.fromEntries(Object.entries(alarm.tags).filter(([key]) => !TagKeys.includes(key)));
    return {};
  }),
];

const metricOperations = [
  operation<GetMetricStatisticsInput, GetMetricStatisticsOutput>(
    GetMetricStatistics$,
    ({ Namespace, MetricName, Dimensions, Period, StartTime, EndTime, Unit }, { region }) => {
      if (StartTime >= EndTime) {
        throw refusal.combination('The parameter StartTime must be less than the parameter EndTime.');
      }
      if ((EndTime.getTime() - StartTime.getTime()) / 1000 / Period > POINT_LIMIT) {
        throw refusal.combination(
          `You have requested up to more datapoints than the limit of ${POINT_LIMIT}. You may reduce the ` +
            'datapoints requested by increasing Period, or decreasing the time range.',
        );
      }
      const window = { period: period(Period), startTime: StartTime, endTime: EndTime };
      const points = isSent(Namespace, MetricName) ? sums(region, instanceIn(Dimensions), window) : [];
      return {
        Label: MetricName,
        Datapoints: points.map(({ timestamp, sum }) => ({
          Timestamp: timestamp,
          Sum: sum,
          Unit: Unit ?? 'Bytes',
        })),
      };
    },
  ),
  operation<GetMetricDataInput, GetMetricDataOutput>(
    GetMetricData$,
    ({ MetricDataQueries, StartTime, EndTime }, { region }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id, Label, MetricStat }) => {
        if (MetricStat?.Metric === undefined || MetricStat.Period === undefined) {
          throw refusal.missing('This stand-in knows no expressions: MetricStat is missing');
        }
        const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
        const window = { period: period(MetricStat.Period), startTime: StartTime, endTime: EndTime };
        const points = isSent(Namespace, MetricName) ? sums(region, instanceIn(Dimensions), window) : [];
        return {
          Id,
          Label: Label ?? MetricName,
          StatusCode: 'Complete' as const,
          Timestamps: points.map(({ timestamp }) => timestamp),
          Values: points.map(({ sum }) => sum),
        };
      }),
      Messages: [],
    }),
  ),
];

function refuseBadAlarm(input: Given<PutMetricAlarmInput>, region: Region): void {
  if (input.MetricName === undefined || input.Namespace === undefined || input.Period === undefined) {
    throw refusal.missing('MetricName, Namespace and Period are required for an alarm on one metric');
  }
  const { Threshold, ComparisonOperator, EvaluationPeriods } = input;
  const statistic = input.Statistic ?? input.ExtendedStatistic;
  if ([Threshold, ComparisonOperator, EvaluationPeriods, statistic].includes(undefined)) {
    throw refusal.missing(
      'Threshold, ComparisonOperator, EvaluationPeriods and Statistic are required for an alarm on one metric',
    );
  }
  period(input.Period);
  for (const action of input.AlarmActions ?? []) {
    const [, actionRegion] =
      /^arn:aws:automate:([\w-]+):ec2:(?:recover|stop|terminate|reboot)$/.exec(action) ?? [];
    if (action.startsWith('arn:aws:automate:') && actionRegion !== region.name) {
      throw refusal.invalid(`Invalid region ${actionRegion} specified. Only ${region.name} is supported.`);
    }
    // Recovery is for failed system checks of one instance (CloudWatch user guide, "Add recover actions").
    if (action.endsWith(':ec2:recover') && !isSystemCheck(input)) {
      throw refusal.invalid('The recover action needs the metric StatusCheckFailed_System of one instance');
    }
  }
}

function isSystemCheck({ MetricName, Namespace, Dimensions }: Given<PutMetricAlarmInput>): boolean {
  return (
    MetricName === 'StatusCheckFailed_System' && Namespace === 'AWS/EC2' && instanceIn(Dimensions) !== ''
  );
}

function isSent(namespace: string | undefined, metric: string | undefined): boolean {
  return namespace === 'AWS/EC2' && metric === 'NetworkOut';
}

function instanceIn(
  dimensions: { Name?: string | undefined; Value?: string | undefined }[] | undefined,
): string {
  return dimensions?.find(({ Name }) => Name === 'InstanceId')?.Value ?? '';
}

function period(seconds: number): number {
  if (![10, 20, 30].includes(seconds) && (seconds < 60 || seconds % 60 !== 0)) {
    throw refusal.invalid(`The parameter Period must be 10, 20, 30 or a multiple of 60: ${seconds}`);
  }
  return seconds;
}

function arn(region: Region, name: string): string {
  return `arn:aws:cloudwatch:${region.name}:${region.account.id}:alarm:${name}`;
}

function named(region: Region, resourceArn: string): Alarm {
  const found = [...region.alarms.byName.values()].find(({ AlarmArn }) => AlarmArn === resourceArn);
  if (found === undefined) {
    throw new AwsError('ResourceNotFoundException', `Unknown resource: ${resourceArn}`, 404);
  }
  return found;
}

export const cloudwatch: Service = {
  prefix: 'cloudwatch',
  signingName: 'monitoring',
  recognises: byTarget('GraniteServiceVersion20100801'),
  wire: jsonWire('1.0', 'ValidationError'),
  errors: queryErrors,
  operations: byName(alarmOperations, metricOperations),
};
