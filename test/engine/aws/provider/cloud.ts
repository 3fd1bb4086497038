import { ACMClient } from '@aws-sdk/client-acm';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LightsailClient } from '@aws-sdk/client-lightsail';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Tags } from './bridge/schema.ts';

export interface CloudOptions {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  defaultTags: Tags;
  /** Milliseconds after which a request without an answer has failed. */
  requestTimeoutMs: number;
}

/** AWS in one region, as a resource sees it. */
export interface Cloud {
  region: string;
  /** `123456789012` */
  accountId: string;
  defaultTags: Tags;
  lightsail: LightsailClient;
  ec2: EC2Client;
  route53: Route53Client;
  cloudwatch: CloudWatchClient;
  ssm: SSMClient;
  acm: ACMClient;
  cloudfront: CloudFrontClient;
}

/**
 * Clients that try once. The real provider tries up to 25 times (internal/provider/sdkv2/provider.go, `max_retries`),
 * but then no fault would ever be seen.
 */
export function clients(options: CloudOptions) {
  const { endpoint, region, credentials, requestTimeoutMs } = options;
  const settings = {
    endpoint,
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: { requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
  };
  return {
    lightsail: new LightsailClient(settings),
    ec2: new EC2Client(settings),
    route53: new Route53Client(settings),
    cloudwatch: new CloudWatchClient(settings),
    ssm: new SSMClient(settings),
    sts: new STSClient(settings),
    acm: new ACMClient(settings),
    cloudfront: new CloudFrontClient(settings),
  };
}
