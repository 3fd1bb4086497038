/** hashicorp/terraform-provider-aws, internal/service/route53/records_data_source.go */
import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Properties } from '../../../provider/messages.ts';
import type { Cloud } from '../cloud.ts';
import { doing } from '../errors.ts';

/** Names as the API has them: with a dot at their end, `*` as `\052`. */
export async function getRecords({ route53 }: Cloud, args: Properties): Promise<Properties> {
  const HostedZoneId = String(args.zoneId);
  const expression = typeof args.nameRegex === 'string' ? new RegExp(args.nameRegex) : /(?:)/;
  const resourceRecordSets: Properties[] = [];
  let start: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
  while (start !== undefined) {
    const call: Promise<ListResourceRecordSetsCommandOutput> = route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId, ...start }),
    );
    const page: ListResourceRecordSetsCommandOutput = await doing(
      `listing Route 53 Records (${HostedZoneId})`,
      call,
    );
    const matching = (page.ResourceRecordSets ?? []).filter(({ Name = '' }) => expression.test(Name));
    resourceRecordSets.push(...matching.map(shown));
    start = page.IsTruncated
      ? {
          StartRecordName: page.NextRecordName,
          StartRecordType: page.NextRecordType,
          StartRecordIdentifier: page.NextRecordIdentifier,
        }
      : undefined;
  }
  return { ...args, resourceRecordSets };
}

function shown(set: ResourceRecordSet): Properties {
  const { AliasTarget } = set;
  return {
    name: set.Name,
    type: set.Type,
    ttl: set.TTL,
    resourceRecords: (set.ResourceRecords ?? []).map(({ Value }) => ({ value: Value })),
    setIdentifier: set.SetIdentifier,
    weight: set.Weight,
    region: set.Region,
    failover: set.Failover,
    healthCheckId: set.HealthCheckId,
    multiValueAnswer: set.MultiValueAnswer,
    trafficPolicyInstanceId: set.TrafficPolicyInstanceId,
    aliasTarget: AliasTarget && {
      dnsName: AliasTarget.DNSName,
      evaluateTargetHealth: AliasTarget.EvaluateTargetHealth,
      hostedZoneId: AliasTarget.HostedZoneId,
    },
  };
}
