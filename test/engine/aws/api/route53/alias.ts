import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Distributions } from '../cloudfront/state.ts';
import { AwsError } from '../errors.ts';
import { fullName, type HostedZone, keyOf } from './zones.ts';

/** Where aliases of CloudFront's distributions are, whatever the account (API reference, AliasTarget). */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/**
 * What is wrong with an alias: Route 53 API reference, "AliasTarget". That the distribution has to have the name among
 * its own is said there; whether the API holds anybody to it is not, so this is strict.
 */
export function aliasProblems(
  { Name = '', Type, TTL, ResourceRecords, AliasTarget }: ResourceRecordSet,
  zone: HostedZone,
  sets: ReadonlyMap<string, ResourceRecordSet>,
  distributions: Distributions,
): string[] {
  const { HostedZoneId, DNSName = '', EvaluateTargetHealth } = AliasTarget ?? {};
  if (TTL !== undefined || (ResourceRecords ?? []).length > 0) {
    throw new AwsError(
      'InvalidInput',
      'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or ' +
        `TrafficPolicyInstanceId], but found more than one in Change with [Name=${Name}, Type=${Type}]`,
    );
  }
  if (Name !== zone.name && !Name.endsWith(`.${zone.name}`)) {
    return [`RRSet with DNS name ${Name} is not permitted in zone ${zone.name}`];
  }
  const missing = `Tried to create an alias that targets ${DNSName}, type ${Type} in zone ${HostedZoneId}, but that target was not found`;
  if (HostedZoneId === zone.id) {
    return sets.has(keyOf({ Name: DNSName, Type })) ? [] : [missing];
  }
  if (HostedZoneId !== CLOUDFRONT_ZONE) {
    return [
      `Tried to create an alias that targets ${DNSName}, type ${Type} in zone ${HostedZoneId}, but the alias target name does not lie within the target zone`,
    ];
  }
  if (Type !== 'A' && Type !== 'AAAA') {
    return [missing];
  }
  if (EvaluateTargetHealth === true) {
    return [
      `EvaluateTargetHealth cannot be set to true for an alias of a CloudFront distribution: ${DNSName}`,
    ];
  }
  const found = distributions.byDomain(DNSName.replace(/\.$/, ''));
  const aliases = (found?.config.Aliases?.Items ?? []).map((alias) => fullName(alias));
  return aliases.includes(Name) ? [] : [missing];
}
