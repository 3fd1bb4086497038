import { Certificate, CertificateValidation } from '@pulumi/aws/acm/index.js';
import { Distribution } from '@pulumi/aws/cloudfront/index.js';
import * as pulumi from '@pulumi/pulumi';
import { CACHING_DISABLED, type CdnPlan, setsComingBack } from '../model/cdn-plan.ts';
import { markedName, markTags } from '../model/marks.ts';
import { CdnLeftovers } from './cdn-leftovers.ts';
import { type HostedSets, ownSets } from './hosted-sets.ts';
import { newlyLed } from './newly-led.ts';

/** Where CloudFront takes certificates from (developer guide, "Requirements for using SSL/TLS certificates"). */
export const CDN_REGION = 'us-east-1';

/** A managed policy (developer guide, "Use managed origin request policies"). */
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

const ALL_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** Seconds; the most without asking AWS for more (API reference, OriginReadTimeout): slow pages still come. */
const RESPONSE_SECONDS = 60;

/** Seconds; CloudFront's names have this TTL, and an alias has that of where it leads. */
const ALIAS_SECONDS = 60;

/** Seconds. A change of the server's prefix is followed within it. */
const ORIGIN_TTL = 60;

/**
 * Seconds. A value that nobody chooses marks the stack's own record: ACM wants the very same one for every certificate
 * that an account has of a name, and one of somebody else's must stay.
 */
const VALIDATION_TTL = 301;

export interface CdnOptions {
  readonly provider: pulumi.ProviderResource;
  /** Takes away what stands in the way of a new distribution: one that was made and never recorded. */
  readonly clear: () => Promise<void>;
  /** Resolves once the distribution is seen to get to the server. @throws an error with one sentence where it isn't */
  readonly prove: (domainName: string) => Promise<void>;
}

export interface CdnResult {
  /** `d….cloudfront.net` */
  readonly domainName: pulumi.Output<string>;
  readonly distributionId: pulumi.Output<string>;
}

/**
 * CloudFront in front of the server. What stands further down depends on what stands above it: DNS moves last, and back
 * first (docs/decisions/0011-cdn.md).
 */
export function cdn(plan: CdnPlan, { provider, clear, prove }: CdnOptions): CdnResult {
  const { id, name } = plan;
  const tags = markTags(id);
  const leftovers = new CdnLeftovers('leftovers', {
    region: CDN_REGION,
    mark: id,
    kept: [],
    sweeps: 'at-teardown',
  });
  const certificate = new Certificate(
    'certificate',
    { domainName: name, validationMethod: 'DNS', tags },
    { provider, dependsOn: leftovers },
  );
  const validated = validation(plan, certificate, provider);
  const origin = originRecord(plan, leftovers);
  // One that was made and never recorded holds on to the certificate: it has to go before that.
  const distributions = new CdnLeftovers(
    'distribution-leftovers',
    { region: CDN_REGION, mark: id, kept: [certificate.arn], sweeps: 'at-teardown' },
    { dependsOn: [validated, ...origin] },
  );
  const hook = new pulumi.ResourceHook('distribution-is-new', clear);
  const distribution = new Distribution('distribution', distributionArgs(plan, validated.certificateArn), {
    provider,
    dependsOn: distributions,
    hooks: { beforeCreate: [hook] },
  });
  nameRecords(plan, distribution, prove);
  return { domainName: distribution.domainName, distributionId: distribution.id };
}

/** The record that proves the domain to ACM, now and at each renewal; and the wait until it is proved. */
function validation(
  { zone }: CdnPlan,
  certificate: Certificate,
  provider: pulumi.ProviderResource,
): CertificateValidation {
  const option = certificate.domainValidationOptions.apply(([first]) => first);
  const name = option.apply((record) => String(record?.resourceRecordName).replace(/\.$/u, ''));
  const value = option.apply((record) => String(record?.resourceRecordValue));
  const record = ownSets(
    'validation-record',
    {
      zoneId: zone.id,
      name,
      wanted: [{ type: 'CNAME', ttl: VALIDATION_TTL, values: [value], alias: null }],
      previous: [],
      back: [],
      shared: true,
      waitSeconds: 0,
    },
    { dependsOn: certificate },
  );
  return new CertificateValidation(
    'validated',
    { certificateArn: certificate.arn, validationRecordFqdns: [name] },
    { provider, dependsOn: record },
  );
}

/** The name by which CloudFront finds the server; none where something else keeps it. */
function originRecord({ zone, origin }: CdnPlan, leftovers: CdnLeftovers): HostedSets[] {
  if (origin.addresses === null) return [];
  const wanted = [{ type: 'AAAA', ttl: ORIGIN_TTL, values: origin.addresses, alias: null }] as const;
  const args = {
    zoneId: zone.id,
    name: origin.name,
    wanted,
    previous: [],
    back: [],
    shared: false,
    waitSeconds: 0,
  };
  return [ownSets('origin-record', args, { dependsOn: leftovers })];
}

function distributionArgs(
  { id, name, origin, protocol }: CdnPlan,
  acmCertificateArn: pulumi.Input<string>,
): ConstructorParameters<typeof Distribution>[1] {
  return {
    comment: markedName(id, name).slice(0, 128),
    tags: markTags(id),
    enabled: true,
    aliases: [name],
    isIpv6Enabled: true,
    httpVersion: 'http2and3',
    origins: [
      {
        originId: 'server',
        domainName: origin.name,
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          ipAddressType: 'ipv6',
          originProtocolPolicy: protocol,
          originSslProtocols: ['TLSv1.2'],
          originReadTimeout: RESPONSE_SECONDS,
        },
      },
    ],
    defaultCacheBehavior: {
      targetOriginId: 'server',
      // Without a way to the server in clear, nothing is answered in clear either.
      viewerProtocolPolicy: protocol === 'https-only' ? 'redirect-to-https' : 'allow-all',
      allowedMethods: ALL_METHODS,
      cachedMethods: ['GET', 'HEAD'],
      // A path, not a cache; and with all headers of the visitor, the Host among them: the server answers as to anybody,
      // its certificate is the one that it has, and WebSocket gets through.
      cachePolicyId: CACHING_DISABLED,
      originRequestPolicyId: ALL_VIEWER,
    },
    restrictions: { geoRestriction: { restrictionType: 'none' } },
    viewerCertificate: {
      acmCertificateArn,
      sslSupportMethod: 'sni-only',
      minimumProtocolVersion: 'TLSv1.2_2021',
    },
  };
}

/** The visitors' name. */
function nameRecords(plan: CdnPlan, distribution: Distribution, prove: CdnOptions['prove']): HostedSets {
  const { zone, name, types, previous } = plan;
  const alias = { zoneId: CLOUDFRONT_ZONE, name: distribution.domainName };
  const hook = new pulumi.ResourceHook('distribution-forwards', async ({ oldInputs, newInputs }) => {
    const to = newlyLed(oldInputs, newInputs);
    if (to !== null) await prove(to);
  });
  return ownSets(
    'name',
    {
      zoneId: zone.id,
      name,
      wanted: types.map((type) => ({ type, ttl: null, values: [], alias })),
      previous: [...previous],
      back: setsComingBack(plan),
      shared: false,
      waitSeconds: ALIAS_SECONDS,
    },
    { dependsOn: distribution, hooks: { beforeCreate: [hook], beforeUpdate: [hook] } },
  );
}

/** Where aliases to distributions lead, whatever the account (Route 53 API reference, AliasTarget). */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';
