import { UserError } from '../../model/error.ts';
import { asked, HOW_TO_SIGN_IN, PATIENCE } from './client.ts';
import { missingCredentials } from './credentials.ts';

/**
 * Makes sure, before the engine starts, that AWS knows who asks and has the region for them.
 * @throws UserError with one sentence where it doesn't
 */
export async function checkAws(kind: 'lightsail' | 'ec2', region: string): Promise<void> {
  const missing = await missingCredentials(region);
  if (missing !== null)
    throw new UserError(`There are no credentials for AWS (${missing}); ${HOW_TO_SIGN_IN}.`);
  await (kind === 'lightsail' ? checkLightsail(region) : checkEc2(region));
}

async function checkLightsail(region: string): Promise<void> {
  const { GetRegionsCommand, LightsailClient } = await import('@aws-sdk/client-lightsail');
  const client = new LightsailClient({ region, ...PATIENCE });
  const action = 'lightsail:GetRegions';
  try {
    const { regions } = await asked(action, region, () => client.send(new GetRegionsCommand({})));
    if (!(regions ?? []).some(({ name }) => name === region)) {
      throw new UserError(`Lightsail isn't to be had in ${region}; expected another region in the plan.`);
    }
  } finally {
    client.destroy();
  }
}

async function checkEc2(region: string): Promise<void> {
  const { DescribeAvailabilityZonesCommand, EC2Client } = await import('@aws-sdk/client-ec2');
  const client = new EC2Client({ region, ...PATIENCE });
  const action = 'ec2:DescribeAvailabilityZones';
  try {
    const { AvailabilityZones: zones } = await asked(action, region, () =>
      client.send(new DescribeAvailabilityZonesCommand({})),
    );
    if (!(zones ?? []).some(({ State }) => State === 'available')) {
      throw new UserError(
        `EC2 has no zone that is available in ${region}; expected another region in the plan.`,
      );
    }
  } finally {
    client.destroy();
  }
}
