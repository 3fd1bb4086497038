import type { ResourceRecordSet, Route53Client, RRType } from '@aws-sdk/client-route-53';
import type { HostedZone } from '../../../model/hosted-zone.ts';
import { asked, PATIENCE, withClient } from '../client.ts';

/** Route 53 is one for all regions, and its API is in this one (AWS General Reference, "Service endpoints"). */
const REGION = 'us-east-1';

/** Pages of record sets of one name: routing policies allow a hundred sets, so an endless list is a fault. */
const MAX_PAGES = 20;

/** Works with a client of Route 53, with credentials as AWS's own tools find them; that there are none, its calls tell. */
export async function withRoute53<T>(work: (client: Route53Client) => Promise<T>): Promise<T> {
  const { Route53Client } = await import('@aws-sdk/client-route-53');
  return withClient(new Route53Client({ region: REGION, ...PATIENCE }), work);
}

/** Every record set of one name. */
export async function setsAt(
  owner: string,
  zoneId: string,
  client: Route53Client,
  signal: AbortSignal,
): Promise<ResourceRecordSet[]> {
  const { ListResourceRecordSetsCommand } = await import('@aws-sdk/client-route-53');
  const found: ResourceRecordSet[] = [];
  let from: { StartRecordName: string; StartRecordType?: RRType; StartRecordIdentifier?: string } = {
    StartRecordName: `${owner}.`,
  };
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await asked('route53:ListResourceRecordSets', null, () =>
      client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...from }), {
        abortSignal: signal,
      }),
    );
    found.push(...(answer.ResourceRecordSets ?? []));
    if (answer.IsTruncated !== true || answer.NextRecordName !== `${owner}.`) break;
    from = {
      StartRecordName: answer.NextRecordName,
      ...(answer.NextRecordType === undefined ? {} : { StartRecordType: answer.NextRecordType }),
      ...(answer.NextRecordIdentifier === undefined
        ? {}
        : { StartRecordIdentifier: answer.NextRecordIdentifier }),
    };
  }
  return found.filter(({ Name }) => Name === `${owner}.`);
}

/**
 * Where a name is handed over to other name servers: the highest name from it upwards that has an NS set; null where none
 * has. The zone's own apex doesn't count.
 * @param own the sets of the name itself
 */
export async function delegatedAt(
  name: string,
  zone: Pick<HostedZone, 'id' | 'name'>,
  own: readonly ResourceRecordSet[],
  client: Route53Client,
  signal: AbortSignal,
): Promise<string | null> {
  let highest: string | null = null;
  for (let owner = name; owner !== zone.name && owner.includes('.'); ) {
    const sets = owner === name ? own : await setsAt(owner, zone.id, client, signal);
    if (sets.some(({ Type }) => Type === 'NS')) highest = owner;
    owner = owner.slice(owner.indexOf('.') + 1);
  }
  return highest;
}
