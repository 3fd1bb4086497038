/** hashicorp/terraform-provider-aws, internal/service/cloudfront/distribution.go, with one behaviour and custom origins. */
import {
  type CloudFrontClient,
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  type GetDistributionCommandOutput,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import type { ResourceType } from '../bridge/resource-type.ts';
import type { Property, Schema } from '../bridge/schema.ts';
import { between, oneOf } from '../bridge/validators.ts';
import type { Cloud } from '../cloud.ts';
import { doing, hasCode } from '../errors.ts';
import { isGone } from '../gone.ts';
import { tagged, tagState, tagsFrom } from '../tags.ts';
import { LIMIT_MS, PAUSE_MS, waitFor } from '../wait.ts';
import { configOf, stateOf } from './config.ts';

/** Of aliases to distributions, everywhere but in China (names/names.go). */
const HOSTED_ZONE = 'Z2FDTNDATAQYW2';

const text = { type: 'string', optional: true } as const satisfies Property;
const needed = { type: 'string', required: true } as const satisfies Property;
const told = { type: 'string', computed: true } as const satisfies Property;
const someOf = (...values: string[]): Property => ({
  type: 'set',
  required: true,
  validate: oneOf(...values),
});

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

const customOrigin: Schema = {
  httpPort: { type: 'number', required: true },
  httpsPort: { type: 'number', required: true },
  originProtocolPolicy: {
    type: 'string',
    required: true,
    validate: oneOf('http-only', 'https-only', 'match-viewer'),
  },
  originSslProtocols: someOf('SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2'),
  originKeepaliveTimeout: { type: 'number', optional: true, default: 5 },
  originReadTimeout: { type: 'number', optional: true, default: 30, validate: between(1, 180) },
  ipAddressType: { type: 'string', optional: true, validate: oneOf('ipv4', 'ipv6', 'dualstack') },
};

const origin: Schema = {
  originId: needed,
  domainName: needed,
  originPath: { type: 'string', optional: true, default: '' },
  connectionAttempts: { type: 'number', optional: true, default: 3, validate: between(1, 3) },
  connectionTimeout: { type: 'number', optional: true, default: 10, validate: between(1, 10) },
  customOriginConfig: { type: 'block', optional: true, fields: customOrigin },
};

const behavior: Schema = {
  targetOriginId: needed,
  viewerProtocolPolicy: {
    type: 'string',
    required: true,
    validate: oneOf('allow-all', 'https-only', 'redirect-to-https'),
  },
  allowedMethods: someOf(...METHODS),
  cachedMethods: someOf(...METHODS),
  cachePolicyId: text,
  originRequestPolicyId: text,
  compress: { type: 'boolean', optional: true, default: false },
};

export const distribution: ResourceType = {
  token: 'aws:cloudfront/distribution:Distribution',
  schema: {
    ...tagged,
    aliases: { type: 'set', optional: true },
    comment: {
      type: 'string',
      optional: true,
      validate: (value) => (String(value).length <= 128 ? undefined : 'length to be in the range (0 - 128)'),
    },
    defaultCacheBehavior: { type: 'block', required: true, fields: behavior },
    enabled: { type: 'boolean', required: true },
    httpVersion: {
      type: 'string',
      optional: true,
      default: 'http2',
      validate: oneOf('http1.1', 'http2', 'http3', 'http2and3'),
    },
    isIpv6Enabled: { type: 'boolean', optional: true, default: false },
    origins: { type: 'set', required: true, fields: origin },
    priceClass: { type: 'string', optional: true, default: 'PriceClass_All' },
    restrictions: {
      type: 'block',
      required: true,
      fields: {
        geoRestriction: {
          type: 'block',
          required: true,
          fields: {
            restrictionType: needed,
            locations: { type: 'set', optional: true, computed: true },
          },
        },
      },
    },
    retainOnDelete: { type: 'boolean', optional: true, default: false },
    viewerCertificate: {
      type: 'block',
      required: true,
      fields: {
        acmCertificateArn: text,
        minimumProtocolVersion: { type: 'string', optional: true, default: 'TLSv1' },
        sslSupportMethod: { type: 'string', optional: true, validate: oneOf('sni-only', 'vip', 'static-ip') },
      },
    },
    waitForDeployment: { type: 'boolean', optional: true, default: true },
    arn: told,
    callerReference: told,
    domainName: told,
    etag: told,
    hostedZoneId: told,
    inProgressValidationBatches: { type: 'number', computed: true },
    lastModifiedTime: told,
    status: told,
  },
  create: async ({ cloudfront }, data) => {
    // Another one each time: a create whose answer was lost is not found again.
    const reference = `terraform-${Date.now()}${Math.random().toString().slice(2, 12)}`;
    const Items = Object.entries(data.tags).map(([Key, Value]) => ({ Key, Value }));
    const command = new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: { DistributionConfig: configOf(data, reference), Tags: { Items } },
    });
    const call = again(['InvalidViewerCertificate'], () => cloudfront.send(command));
    const { Distribution } = await doing('creating CloudFront Distribution', call);
    data.id = Distribution?.Id ?? '';
    if (data.maybeFlag('waitForDeployment') !== false) {
      await deployed(cloudfront, data.id);
    }
  },
  read: async (cloud, data) => {
    const what = `reading CloudFront Distribution (${data.id})`;
    const found = await doing(what, find(cloud.cloudfront, data.id));
    if (isGone(found, data, what)) {
      return;
    }
    const { Distribution, ETag } = found;
    data.set({
      ...stateOf(Distribution?.DistributionConfig ?? ({} as never)),
      arn: Distribution?.ARN,
      domainName: Distribution?.DomainName,
      etag: ETag,
      hostedZoneId: HOSTED_ZONE,
      inProgressValidationBatches: Distribution?.InProgressInvalidationBatches,
      lastModifiedTime: Distribution?.LastModifiedTime?.toISOString(),
      status: Distribution?.Status,
    });
    const command = new ListTagsForResourceCommand({ Resource: Distribution?.ARN });
    const { Tags } = await doing(
      `listing tags for CloudFront Distribution (${data.id})`,
      cloud.cloudfront.send(command),
    );
    data.set(tagState(cloud, data, tagsFrom(Tags?.Items)));
  },
  retag: async (cloud, id, removed, updated) => {
    const { cloudfront } = cloud;
    const Resource = arnOf(cloud, id);
    const what = `updating tags for CloudFront Distribution (${id})`;
    if (removed.length > 0) {
      await doing(what, cloudfront.send(new UntagResourceCommand({ Resource, TagKeys: { Items: removed } })));
    }
    const Items = Object.entries(updated).map(([Key, Value]) => ({ Key, Value }));
    if (Items.length > 0) {
      await doing(what, cloudfront.send(new TagResourceCommand({ Resource, Tags: { Items } })));
    }
  },
  update: async ({ cloudfront }, data) => {
    const { tags: _, tagsAll: __, ...others } = distribution.schema;
    if (!data.changed(...Object.keys(others))) {
      return;
    }
    const what = `updating CloudFront Distribution (${data.id})`;
    const DistributionConfig = configOf(data, data.text('callerReference'));
    const put = (IfMatch: string | undefined) =>
      again(['InvalidViewerCertificate', 'IllegalUpdate'], () =>
        cloudfront.send(new UpdateDistributionCommand({ Id: data.id, DistributionConfig, IfMatch })),
      );
    const call = put(data.text('etag')).catch(async (error: unknown) => {
      // Somebody has changed it since: their version is written over.
      if (!hasCode(error, 'PreconditionFailed')) {
        throw error;
      }
      return put((await find(cloudfront, data.id))?.ETag);
    });
    await doing(what, call);
    if (data.maybeFlag('waitForDeployment') !== false) {
      await deployed(cloudfront, data.id);
    }
  },
  delete: async ({ cloudfront }, { id }) => {
    await doing(`disabling CloudFront Distribution (${id})`, disable(cloudfront, id));
    const call = again(['DistributionNotDisabled', 'PreconditionFailed', 'InvalidIfMatchVersion'], () =>
      remove(cloudfront, id),
    );
    await doing(`deleting CloudFront Distribution (${id})`, call);
  },
  import: (data) => data.set({ retainOnDelete: false, waitForDeployment: true }),
};

const arnOf = ({ accountId }: Cloud, id: string): string =>
  `arn:aws:cloudfront::${accountId}:distribution/${id}`;

/** `RetryWhenAWSErrCodeEquals`, for a minute there. */
async function again<Answer>(codes: string[], call: () => Promise<Answer>): Promise<Answer> {
  const end = performance.now() + LIMIT_MS / 20;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, ...codes) || performance.now() > end) {
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function find(
  cloudfront: CloudFrontClient,
  Id: string,
): Promise<GetDistributionCommandOutput | undefined> {
  try {
    return await cloudfront.send(new GetDistributionCommand({ Id }));
  } catch (error) {
    if (hasCode(error, 'NoSuchDistribution')) {
      return undefined;
    }
    throw error;
  }
}

const deployed = (cloudfront: CloudFrontClient, id: string): Promise<void> =>
  doing(
    `waiting until CloudFront Distribution (${id}) is deployed`,
    waitFor(async () => (await find(cloudfront, id))?.Distribution?.Status, {
      pending: ['InProgress'],
      target: ['Deployed'],
    }),
  );

async function disable(cloudfront: CloudFrontClient, Id: string): Promise<void> {
  const found = await find(cloudfront, Id);
  const config = found?.Distribution?.DistributionConfig;
  if (found === undefined || config?.Enabled !== true) {
    return;
  }
  const DistributionConfig = { ...config, Enabled: false };
  await cloudfront.send(new UpdateDistributionCommand({ Id, DistributionConfig, IfMatch: found.ETag }));
  await deployed(cloudfront, Id);
}

async function remove(cloudfront: CloudFrontClient, Id: string): Promise<void> {
  const found = await find(cloudfront, Id);
  if (found === undefined) {
    return;
  }
  try {
    await cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch: found.ETag }));
  } catch (error) {
    if (!hasCode(error, 'NoSuchDistribution')) {
      throw error;
    }
  }
}
