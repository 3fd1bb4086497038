import { ACMClient } from '@aws-sdk/client-acm';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LightsailClient } from '@aws-sdk/client-lightsail';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The official clients, of one region, each call tried once. */
export function awsClients(endpoint: string, credentials: Credentials, region = 'eu-central-1') {
  const options = { endpoint, credentials, region, maxAttempts: 1 };
  return {
    lightsail: new LightsailClient(options),
    ec2: new EC2Client(options),
    cloudwatch: new CloudWatchClient(options),
    route53: new Route53Client(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
    acm: new ACMClient(options),
    cloudfront: new CloudFrontClient(options),
  };
}
export type AwsClients = ReturnType<typeof awsClients>;

/** The code of the error that a call is refused with, or `ok`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
}
