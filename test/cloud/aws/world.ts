import { onTestFinished } from 'vitest';
import { testCredentials } from '../../engine/aws/api/access.ts';
import type { AwsOptions } from '../../engine/aws/api/options.ts';
import { type Aws, startAws } from '../../engine/aws/api/server.ts';
import { awsClients } from '../../engine/aws/clients.ts';

export const REGION = 'eu-central-1';
const caller = testCredentials('reads');
const hand = testCredentials('hand');

/** What AWS's clients read from the environment, all of it set or taken away. */
const VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_ENDPOINT_URL',
  'AWS_REGION',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
] as const;

/** Lends this process an environment until the test ends. */
export function awsEnvironment(given: Partial<Record<(typeof VARIABLES)[number], string>>): void {
  const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
  const set = (values: Readonly<Record<string, string | undefined>>): void => {
    for (const name of VARIABLES) {
      const value = values[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  // No file of the machine's, and no look for the role of a machine.
  set({
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    ...given,
  });
  onTestFinished(() => set(before));
}

/** The stand-in for AWS, which this process's clients speak to; `allow` are the IAM actions that they may call. */
export async function awsWorld(
  allow: readonly string[] = ['*'],
  more: Partial<AwsOptions> = {},
): Promise<{ aws: Aws; byHand: ReturnType<typeof awsClients> }> {
  const aws = await startAws({
    callers: { [caller.accessKeyId]: { allow: [...allow] }, [hand.accessKeyId]: { behindTheScenes: true } },
    times: { lightsailCreate: 0, ec2Pending: 0 },
    ...more,
  });
  onTestFinished(() => aws.stop());
  awsEnvironment({
    AWS_ACCESS_KEY_ID: caller.accessKeyId,
    AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
  });
  return { aws, byHand: awsClients(aws.url, hand, REGION) };
}
