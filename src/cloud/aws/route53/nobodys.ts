import type { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';

/** No record of anybody's: addresses for documentation (RFC 5737, RFC 3849), a name that can't be (RFC 2606). */
const NOBODYS = { A: '192.0.2.1', AAAA: '2001:db8::1', CNAME: 'nobody.invalid' } as const;

/** Seconds: the longest TTL that there is (RFC 2181, 8). */
const LONGEST_TTL = 2_147_483_647;

/**
 * The deletion of a record set that isn't there: who may change the name gets told so, who may not is turned away
 * first. Nothing is deleted either way, for a set is deleted only where TTL and values are the very same.
 */
export async function deletionOfNobodys(
  zoneId: string,
  { name, type }: { readonly name: string; readonly type: keyof typeof NOBODYS },
): Promise<ChangeResourceRecordSetsCommand> {
  const { ChangeResourceRecordSetsCommand } = await import('@aws-sdk/client-route-53');
  const ResourceRecords = [{ Value: NOBODYS[type] }];
  const ResourceRecordSet = { Name: name, Type: type, TTL: LONGEST_TTL, ResourceRecords };
  return new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet }] },
  });
}

/** Whether Route 53 refused it as it has to: the caller may change the name. */
export const isAllowed = ({ name }: Error): boolean =>
  name === 'InvalidChangeBatch' || name === 'PriorRequestNotComplete';
