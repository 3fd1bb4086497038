import type { AddressType } from '../../model/record-set.ts';

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Condition;
}

/** A policy of IAM (IAM user guide, "JSON policy element reference"). */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export const policyOf = (statements: readonly Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** Actions of a service, by their names with spaces between. */
export const names = (service: string, actions: string): string[] =>
  actions
    .trim()
    .split(/\s+/u)
    .map((action) => `${service}:${action}`);

/** Records that are to be written. */
interface RecordRights {
  /** Route 53's id of the zone; null where it isn't known yet. */
  readonly zoneId: string | null;
  readonly names: readonly string[];
  readonly types: readonly AddressType[];
}

/** What finding, reading and writing records takes. Route 53 is in no region. */
export function route53Rights({ zoneId, names: own, types }: RecordRights): Statement[] {
  const zone = `arn:aws:route53:::hostedzone/${zoneId ?? '*'}`;
  return [
    {
      Sid: 'Route53Find',
      Effect: 'Allow',
      Action: names('route53', 'ListHostedZones ListHostedZonesByName'),
      Resource: '*',
    },
    {
      Sid: 'Route53Look',
      Effect: 'Allow',
      Action: names('route53', 'GetHostedZone ListResourceRecordSets'),
      Resource: zone,
    },
    {
      Sid: 'Route53Write',
      Effect: 'Allow',
      Action: names('route53', 'ChangeResourceRecordSets'),
      Resource: zone,
      Condition: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...own],
          'route53:ChangeResourceRecordSetsRecordTypes': [...types],
        },
      },
    },
    {
      Sid: 'Route53Wait',
      Effect: 'Allow',
      Action: names('route53', 'GetChange'),
      Resource: 'arn:aws:route53:::change/*',
    },
  ];
}
