import {
  GetHostedZoneCommand,
  type GetHostedZoneCommandOutput,
  type ResourceRecordSet,
  type Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import { hasCode } from '../errors.ts';

/** `cleanZoneID` of internal/service/route53/clean.go */
export function bareZone(id: string): string {
  return id.replace(/^\/hostedzone\//, '');
}

/** `normalizeDomainName` */
export function bareName(name: string): string {
  return name === '.' ? name : name.replace(/\.$/, '').toLowerCase();
}

/** `expandRecordName`: a name that doesn't end in the zone's is one in the zone. */
export function nameIn(zone: string, name: string): string {
  const [within, full] = [bareName(zone), bareName(name)];
  return full.endsWith(within) ? full : full === '' ? within : `${full}.${within}`;
}

export function getZoneById(route53: Route53Client, id: string): Promise<GetHostedZoneCommandOutput> {
  return route53.send(new GetHostedZoneCommand({ Id: id }));
}

export function isNoZone(error: unknown): boolean {
  return hasCode(error, 'NoSuchHostedZone');
}

/** TXT is quoted on the wire, and in programs it isn't (`expandResourceRecords`, `flattenResourceRecords`). */
export function recordsOf(values: readonly string[], type: string): ResourceRecordSet['ResourceRecords'] {
  return values.map((value) => ({ Value: isText(type) ? `"${value}"` : value }));
}

export function valuesOf({ ResourceRecords = [], Type = '' as RRType }: ResourceRecordSet): string[] {
  return ResourceRecords.map(({ Value = '' }) => (isText(Type) ? Value.replace(/^"|"$/g, '') : Value));
}

function isText(type: string): boolean {
  return type === 'TXT' || type === 'SPF';
}
