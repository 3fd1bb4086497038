import {
  CreateDistributionWithTags$,
  type CreateDistributionWithTagsRequest,
  type CreateDistributionWithTagsResult,
  DeleteDistribution$,
  type DeleteDistributionRequest,
  type DistributionSummary,
  type Distribution as DistributionView,
  GetDistribution$,
  GetDistributionConfig$,
  type GetDistributionConfigRequest,
  type GetDistributionConfigResult,
  type GetDistributionRequest,
  type GetDistributionResult,
  ListDistributions$,
  type ListDistributionsRequest,
  type ListDistributionsResult,
  ListTagsForResource$,
  type ListTagsForResourceRequest,
  type ListTagsForResourceResult,
  type Tag,
  TagResource$,
  type TagResourceRequest,
  UntagResource$,
  type UntagResourceRequest,
  UpdateDistribution$,
  type UpdateDistributionRequest,
  type UpdateDistributionResult,
} from '@aws-sdk/client-cloudfront';
import { AwsError, cloudfrontErrors } from '../errors.ts';
import { byName } from '../service.ts';
import type { Service } from '../services.ts';
import { operation } from '../wire/operation.ts';
import { restXmlWire } from '../wire/rest-xml.ts';
import { checkConfig } from './rules.ts';
import type { Distribution } from './state.ts';

const operations = [
  operation<CreateDistributionWithTagsRequest, CreateDistributionWithTagsResult>(
    CreateDistributionWithTags$,
    ({ DistributionConfigWithTags: given }, { account: { distributions }, demand }) => {
      demand('cloudfront:TagResource');
      const { DistributionConfig: config, Tags } = given;
      if (config === undefined) {
        throw new AwsError('MissingBody', 'This operation requires a body.');
      }
      const tags = tagsOf(Tags?.Items ?? []);
      checkConfig(config, null, distributions);
      const made = distributions.add(config, tags);
      return { Distribution: view(made), ETag: made.etag, Location: `/2020-05-31/distribution/${made.id}` };
    },
    // "Requires the following IAM permissions: CreateDistribution, TagResource" (API reference).
    'CreateDistribution',
  ),
  operation<GetDistributionRequest, GetDistributionResult>(
    GetDistribution$,
    ({ Id }, { account: { distributions } }) => {
      const found = distributions.get(Id);
      return { Distribution: view(found), ETag: found.etag };
    },
  ),
  operation<GetDistributionConfigRequest, GetDistributionConfigResult>(
    GetDistributionConfig$,
    ({ Id }, { account: { distributions } }) => {
      const { config, etag } = distributions.get(Id);
      return { DistributionConfig: config, ETag: etag };
    },
  ),
  operation<UpdateDistributionRequest, UpdateDistributionResult>(
    UpdateDistribution$,
    ({ Id, IfMatch, DistributionConfig: config }, { account: { distributions } }) => {
      const found = distributions.get(Id);
      checkVersion(IfMatch, found);
      if (config === undefined) {
        throw new AwsError('MissingBody', 'This operation requires a body.');
      }
      checkConfig(config, found, distributions);
      distributions.change(found, config);
      return { Distribution: view(found), ETag: found.etag };
    },
  ),
  operation<DeleteDistributionRequest, object>(
    DeleteDistribution$,
    ({ Id, IfMatch }, { account: { distributions } }) => {
      const found = distributions.get(Id);
      checkVersion(IfMatch, found);
      // Also while the disabling hasn't got to all edges (developer guide, "Delete a distribution").
      if (found.config.Enabled === true || found.status !== 'Deployed') {
        throw new AwsError(
          'DistributionNotDisabled',
          'The distribution you are trying to delete has not been disabled.',
          409,
        );
      }
      distributions.remove(found);
      return {};
    },
  ),
  operation<ListDistributionsRequest, ListDistributionsResult>(
    ListDistributions$,
    ({ Marker, MaxItems }, { account: { distributions, settings } }) => {
      const size = Math.min(MaxItems ?? 100, settings.pageSize);
      const from = Marker === undefined || Marker === '' ? 0 : Number(Marker);
      const items = distributions.all.slice(from, from + size);
      const isTruncated = from + size < distributions.all.length;
      return {
        DistributionList: {
          Marker: Marker ?? '',
          ...(isTruncated ? { NextMarker: String(from + size) } : {}),
          MaxItems: size,
          IsTruncated: isTruncated,
          Quantity: items.length,
          Items: items.map(summary),
        },
      };
    },
  ),
  operation<TagResourceRequest, object>(
    TagResource$,
    ({ Resource, Tags }, { account: { distributions } }) => {
      Object.assign(distributions.byArn(Resource).tags, tagsOf(Tags.Items ?? []));
      return {};
    },
  ),
  operation<UntagResourceRequest, object>(
    UntagResource$,
    ({ Resource, TagKeys }, { account: { distributions } }) => {
      const found = distributions.byArn(Resource);
      const gone = TagKeys.Items ?? [];
      found.tags = Object.fromEntries(Object.entries(found.tags).filter(([key]) => !gone.includes(key)));
      return {};
    },
  ),
  operation<ListTagsForResourceRequest, ListTagsForResourceResult>(
    ListTagsForResource$,
    ({ Resource }, { account: { distributions } }) => ({
      Tags: {
        Items: Object.entries(distributions.byArn(Resource).tags).map(([Key, Value]) => ({ Key, Value })),
      },
    }),
  ),
];

export const cloudfront: Service = {
  prefix: 'cloudfront',
  signingName: 'cloudfront',
  recognises: ({ path }) => path.startsWith('/2020-05-31/'),
  wire: restXmlWire({ xmlns: 'http://cloudfront.amazonaws.com/doc/2020-05-31/', malformed: 'MalformedXML' }),
  errors: cloudfrontErrors,
  operations: byName(operations),
};

function checkVersion(ifMatch: string | undefined, { etag }: Distribution): void {
  if (ifMatch === undefined || ifMatch === '') {
    throw new AwsError(
      'InvalidIfMatchVersion',
      'The If-Match version is missing or not valid for the resource.',
    );
  }
  if (ifMatch !== etag) {
    throw new AwsError(
      'PreconditionFailed',
      "The request failed because it didn't meet the preconditions in one or more request-header fields.",
      412,
    );
  }
}

function tagsOf(tags: readonly Tag[]): Record<string, string> {
  const wrong = tags.find(({ Key = '' }) => Key === '' || Key.toLowerCase().startsWith('aws:'));
  if (wrong !== undefined) {
    throw new AwsError('InvalidTagging', 'The tagging specified is not valid.');
  }
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function view({ id, arn, status, modifiedAt, domainName, config }: Distribution): DistributionView {
  return {
    Id: id,
    ARN: arn,
    Status: status,
    LastModifiedTime: modifiedAt,
    InProgressInvalidationBatches: 0,
    DomainName: domainName,
    DistributionConfig: config,
  };
}

function summary({ id, arn, etag, status, modifiedAt, domainName, config }: Distribution) {
  return {
    Id: id,
    ARN: arn,
    ETag: etag,
    Status: status,
    LastModifiedTime: modifiedAt,
    DomainName: domainName,
    Aliases: config.Aliases,
    Comment: config.Comment,
    Enabled: config.Enabled,
  } as DistributionSummary;
}
