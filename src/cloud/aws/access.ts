import { UserError } from '../../model/error.ts';
import { asked, noCredentialsSentence, PATIENCE, withClient } from './client.ts';
import { missingCredentials } from './credentials.ts';

/**
 * Makes sure, before the engine starts, that AWS knows who asks and has the region for them.
 * @throws UserError with one sentence where it doesn't
 */
export async function checkAws(kind: 'lightsail' | 'ec2', region: string): Promise<void> {
  const missing = await missingCredentials(region);
  if (missing !== null) throw new UserError(noCredentialsSentence(missing));
  await (kind === 'lightsail' ? checkLightsail(region) : checkEc2(region));
}

async function checkLightsail(region: string): Promise<void> {
  const { GetRegionsCommand, LightsailClient } = await import('@aws-sdk/client-lightsail');
  const { regions } = await withClient(new LightsailClient({ region, ...PATIENCE }), (client) =>
    asked('lightsail:GetRegions', region, () => client.send(new GetRegionsCommand({}))),
  );
  if (!(regions ?? []).some(({ name }) => name === region)) {
    throw new UserError(`Lightsail isn't to be had in ${region}; expected another region in the plan.`);
  }
}

async function checkEc2(region: string): Promise<void> {
  const { DescribeAvailabilityZonesCommand, EC2Client } = await import('@aws-sdk/client-ec2');
  const { AvailabilityZones: zones } = await withClient(new EC2Client({ region, ...PATIENCE }), (client) =>
    asked('ec2:DescribeAvailabilityZones', region, () =>
      client.send(new DescribeAvailabilityZonesCommand({})),
    ),
  );
  if (!(zones ?? []).some(({ State }) => State === 'available')) {
    throw new UserError(
      `EC2 has no zone that is available in ${region}; expected another region in the plan.`,
    );
  }
}
