import {
  GetInstanceMetricData$,
  type GetInstanceMetricDataRequest,
  type GetInstanceMetricDataResult,
  GetOperation$,
  type GetOperationRequest,
  type GetOperationResult,
  GetOperations$,
  type GetOperationsRequest,
  type GetOperationsResult,
  TagResource$,
  type TagResourceRequest,
  type TagResourceResult,
  UntagResource$,
  type UntagResourceRequest,
  type UntagResourceResult,
} from '@aws-sdk/client-lightsail';
import { page } from '../paging.ts';
import { sums } from '../traffic.ts';
import { operation } from '../wire/operation.ts';
import { refusal } from './errors.ts';
import type { Instance, Lightsail } from './state.ts';

/** Tags a resource may have (Lightsail user guide, "Tags"). */
const TAG_LIMIT = 50;

export const otherOperations = [
  operation<GetOperationRequest, GetOperationResult>(
    GetOperation$,
    ({ operationId }, { region: { lightsail } }) => {
      const found = lightsail.operations.find(({ id }) => id === operationId);
      if (found === undefined) {
        throw refusal.notFound('Operation', operationId);
      }
      return { operation: found };
    },
  ),
  operation<GetOperationsRequest, GetOperationsResult>(
    GetOperations$,
    ({ pageToken }, { region: { lightsail }, account }) => {
      const { items, next } = page(lightsail.operations.toReversed(), pageToken, account.settings.pageSize);
      return { operations: items, nextPageToken: next };
    },
  ),
  operation<TagResourceRequest, TagResourceResult>(
    TagResource$,
    ({ resourceName, tags }, { region: { lightsail } }) => {
      const instance = taggable(lightsail, resourceName);
      const kept = instance.tags.filter(({ key }) => !tags.some((tag) => tag.key === key));
      if (kept.length + tags.length > TAG_LIMIT) {
        throw refusal.unknown('number of tags', String(kept.length + tags.length));
      }
      instance.tags = [...kept, ...tags];
      return { operations: [lightsail.operate('TagResource', instance, instance)] };
    },
  ),
  operation<UntagResourceRequest, UntagResourceResult>(
    UntagResource$,
    ({ resourceName, tagKeys }, { region: { lightsail } }) => {
      const instance = taggable(lightsail, resourceName);
      instance.tags = instance.tags.filter(({ key = '' }) => !tagKeys.includes(key));
      return { operations: [lightsail.operate('UntagResource', instance, instance)] };
    },
  ),
  operation<GetInstanceMetricDataRequest, GetInstanceMetricDataResult>(
    GetInstanceMetricData$,
    ({ instanceName, metricName, period, startTime, endTime, unit }, { region }) => {
      region.lightsail.instance(instanceName);
      if (period % 60 !== 0 || period <= 0) {
        throw refusal.unknown('period', String(period));
      }
      const points =
        metricName === 'NetworkOut' ? sums(region, instanceName, { period, startTime, endTime }) : [];
      return {
        metricName,
        metricData: points.map(({ timestamp, sum }) => ({ timestamp, sum, unit })),
      };
    },
  ),
];

function taggable(lightsail: Lightsail, name: string): Instance {
  // Static IPs are not among what can be tagged (Lightsail user guide, "Tags").
  if (lightsail.named(name)?.type === 'StaticIp') {
    throw refusal.notTaggable('StaticIp');
  }
  return lightsail.instance(name);
}
