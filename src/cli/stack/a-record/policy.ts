import { UserError } from '../../../model/error.ts';
import type { ARecordPlan } from '../../../model/plan.ts';
import { policyOf, route53Rights } from '../../../remedies/dns-records/aws-policy.ts';
import type { StackContext } from '../context.ts';
import { tryRoute53, type ZonesWanted } from '../zones.ts';

/**
 * The least rights at Route 53, as JSON. They can be asked for before anybody has them, so nobody has to be let in.
 * @throws UserError where the records are elsewhere
 */
export async function rightsText(
  wanted: ZonesWanted,
  provider: ARecordPlan['provider'] | null,
  context: StackContext,
): Promise<string> {
  if (provider === 'cloudflare') {
    throw new UserError(
      '--iam-policy prints rights at AWS, and these records are at Cloudflare; expected a token with the rights Zone:Read and DNS:Edit there.',
    );
  }
  const { held } = await tryRoute53(wanted, context);
  const [inZone] = held?.names.values() ?? [];
  const policy = policyOf(route53Rights({ ...wanted, zoneId: inZone?.zone.id ?? null }));
  return `${JSON.stringify(policy, null, 2)}\n`;
}
