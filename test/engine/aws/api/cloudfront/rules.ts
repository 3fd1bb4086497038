/** What CloudFront refuses: errors of CreateDistribution and UpdateDistribution in its API reference, and quotas. */
import { isIP } from 'node:net';
import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import { covers } from '../acm/state.ts';
import { AwsError } from '../errors.ts';
import type { Distribution, Distributions } from './state.ts';

/** Managed policies (developer guide, "Use managed cache policies", "Use managed origin request policies"). */
const CACHE_POLICIES = ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', '658327ea-f89d-4fab-a63d-7e88639e58f6'];
const ORIGIN_REQUEST_POLICIES = [
  '216adef6-5c7f-47e4-b989-5492eafa07d3',
  '33f36d7e-f396-46d9-90e0-52428a34d9dc',
  'b689b0a8-53d0-40ab-baf2-68738e2966ac',
];

/** The three sets of methods that a behaviour may allow. */
const METHODS = [
  ['GET', 'HEAD'],
  ['GET', 'HEAD', 'OPTIONS'],
  ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
].map((methods) => methods.join());

/** @param own the distribution that is changed; null for a new one */
export function checkConfig(
  config: DistributionConfig,
  own: Distribution | null,
  distributions: Distributions,
): void {
  const { CallerReference, Comment, Origins, DefaultCacheBehavior, Enabled } = config;
  if (
    CallerReference === undefined ||
    Comment === undefined ||
    Origins === undefined ||
    DefaultCacheBehavior === undefined ||
    Enabled === undefined
  ) {
    throw new AwsError('MalformedXML', 'The XML document does not have the form of a distribution.');
  }
  if (own !== null && own.config.CallerReference !== CallerReference) {
    throw new AwsError('IllegalUpdate', 'The caller reference cannot be changed.');
  }
  if (own === null && distributions.all.some((one) => one.config.CallerReference === CallerReference)) {
    throw new AwsError(
      'DistributionAlreadyExists',
      'The caller reference that you are using to create a distribution is associated with another distribution.',
      409,
    );
  }
  if (Comment.length > 128) {
    throw invalid('The parameter Comment is too long.');
  }
  const origins = counted('Origins', Origins);
  if (origins.length === 0) {
    throw invalid('The parameter Origins needs at least one.');
  }
  for (const origin of origins) {
    checkOrigin(origin);
  }
  checkBehavior(config, origins);
  checkAliases(config, own, distributions);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidArgument', message);
}

/** What comes as a list says how long it is. */
function counted<Item>(
  what: string,
  { Quantity, Items = [] }: { Quantity?: number | undefined; Items?: Item[] | undefined },
): Item[] {
  if (Quantity !== Items.length) {
    throw new AwsError('InconsistentQuantities', `The quantity of ${what} and its items don't match.`);
  }
  return Items;
}

function checkOrigin({ Id, DomainName = '', CustomOriginConfig: custom }: Origin): void {
  if (Id === undefined || Id === '' || custom === undefined) {
    throw new AwsError('InvalidOrigin', 'this stand-in has custom origins only');
  }
  if (isIP(DomainName) !== 0 || !DomainName.includes('.')) {
    throw invalid('The parameter origin name must be a domain name.');
  }
  const ports = [custom.HTTPPort ?? 0, custom.HTTPSPort ?? 0];
  if (ports.some((port) => port !== 80 && port !== 443 && !(port >= 1024 && port <= 65_535))) {
    throw invalid('The parameter port is not 80, 443 or in the range 1024 to 65535.');
  }
  if (!within(custom.OriginReadTimeout, 1, 120)) {
    throw new AwsError('InvalidOriginReadTimeout', 'The read timeout is invalid.');
  }
  if (!within(custom.OriginKeepaliveTimeout, 1, 120)) {
    throw new AwsError('InvalidOriginKeepaliveTimeout', 'The keep alive timeout is invalid.');
  }
  if (!['http-only', 'https-only', 'match-viewer'].includes(String(custom.OriginProtocolPolicy))) {
    throw invalid('The parameter OriginProtocolPolicy is invalid.');
  }
  if (!['ipv4', 'ipv6', 'dualstack', 'undefined'].includes(String(custom.IpAddressType))) {
    throw invalid('The parameter IpAddressType is invalid.');
  }
  counted('OriginSslProtocols', custom.OriginSslProtocols ?? { Quantity: 0, Items: [] });
}

const within = (seconds: number | undefined, low: number, high: number): boolean =>
  seconds === undefined || (seconds >= low && seconds <= high);

function checkBehavior({ DefaultCacheBehavior: behavior }: DistributionConfig, origins: Origin[]): void {
  if (!origins.some(({ Id }) => Id === behavior?.TargetOriginId)) {
    throw new AwsError('NoSuchOrigin', 'One or more of your origins or origin groups do not exist.', 404);
  }
  if (!['allow-all', 'https-only', 'redirect-to-https'].includes(String(behavior?.ViewerProtocolPolicy))) {
    throw invalid('The parameter ViewerProtocolPolicy is invalid.');
  }
  const allowed = behavior?.AllowedMethods;
  if (allowed !== undefined) {
    const methods = counted('AllowedMethods', allowed).map(String).toSorted().join();
    if (!METHODS.includes(methods)) {
      throw invalid('The parameter AllowedMethods is none of the three sets that there are.');
    }
    const cached = allowed.CachedMethods === undefined ? [] : counted('CachedMethods', allowed.CachedMethods);
    if (allowed.CachedMethods !== undefined && !METHODS.slice(0, 2).includes(cached.toSorted().join())) {
      throw invalid('The parameter CachedMethods is neither of the two sets that there are.');
    }
  }
  if ((behavior?.CachePolicyId === undefined) === (behavior?.ForwardedValues === undefined)) {
    throw invalid('The parameter ForwardedValues cannot be used with a cache policy, and one is needed.');
  }
  if (behavior?.CachePolicyId !== undefined && !CACHE_POLICIES.includes(behavior.CachePolicyId)) {
    throw new AwsError('NoSuchCachePolicy', 'The specified cache policy does not exist.', 404);
  }
  const request = behavior?.OriginRequestPolicyId;
  if (request !== undefined && !ORIGIN_REQUEST_POLICIES.includes(request)) {
    throw new AwsError(
      'NoSuchOriginRequestPolicy',
      'The specified origin request policy does not exist.',
      404,
    );
  }
}

function checkAliases(
  { Aliases, ViewerCertificate }: DistributionConfig,
  own: Distribution | null,
  distributions: Distributions,
): void {
  const aliases = Aliases === undefined ? [] : counted('Aliases', Aliases);
  const arn = ViewerCertificate?.ACMCertificateArn;
  if (aliases.length > 0 && arn === undefined) {
    throw certificateProblem(
      'To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.',
    );
  }
  if (arn !== undefined) {
    checkCertificate(arn, aliases, distributions);
  }
  const others = distributions.all.filter((one) => one.id !== own?.id);
  if (others.some(({ config }) => (config.Aliases?.Items ?? []).some((alias) => aliases.includes(alias)))) {
    throw new AwsError(
      'CNAMEAlreadyExists',
      'One or more of the CNAMEs you provided are already associated with a different resource.',
      409,
    );
  }
}

function checkCertificate(arn: string, aliases: string[], { account }: Distributions): void {
  const { certificates } = account.region('us-east-1');
  certificates.validate();
  const certificate = certificates.all.find((one) => one.arn === arn);
  if (certificate?.status !== 'ISSUED') {
    throw certificateProblem(
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
  }
  if (aliases.some((alias) => !covers(certificate, alias))) {
    throw certificateProblem(
      "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add.",
    );
  }
}

function certificateProblem(message: string): AwsError {
  return new AwsError('InvalidViewerCertificate', message);
}
