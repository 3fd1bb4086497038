import type { ResourceRecordSet, Route53Client, RRType } from '@aws-sdk/client-route-53';
import { parseAddress } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';
import type { ComputedAnswer, HostedZone, NameInHostedZone } from '../../model/hosted-zone.ts';
import { type AddressType, type RecordSet, sameValues } from '../../model/record-set.ts';
import type { Dns } from '../../ports/ports.ts';
import { nameTaken } from '../name-taken.ts';
import { zonesShown } from '../zones-shown.ts';
import { asked, troubleOf } from './client.ts';
import { delegatedAt, setsAt, withRoute53 } from './route53/client.ts';
import { deletionOfNobodys, isAllowed } from './route53/nobodys.ts';
import { publicZone } from './route53/public-zone.ts';

export interface Route53World {
  readonly dns: Pick<Dns, 'resolvers' | 'nameServers'>;
}

/**
 * Finds the zone of a name and what it holds for it, and makes sure, before anything is changed, that the credentials
 * may change its records of these types. Credentials as AWS's own tools find them.
 * @returns null where the account has no public zone for the name
 * @throws UserError with one sentence for whatever is in the way: credentials, rights, several zones, the API
 */
export async function openHostedZone(
  name: string,
  { dns }: Route53World,
  signal: AbortSignal,
  types: readonly AddressType[] = ['A'],
): Promise<NameInHostedZone | null> {
  return withRoute53(async (client) => {
    const zone = await publicZone(name, client, dns, signal);
    if (zone === null) return null;
    const held = await heldFor(name, zone, client, signal);
    for (const type of types) await checkChange(zone, { name, type }, client, signal);
    return { zone, ...held };
  });
}

/** A name and a type, or what is there of them. */
interface Owner {
  readonly name: string;
  readonly type: AddressType;
}

/** Makes sure that the credentials can still change the records. @throws UserError as `openHostedZone` does */
export async function checkHostedZone(
  zone: Pick<HostedZone, 'id' | 'name'>,
  records: readonly Owner[],
  signal: AbortSignal,
): Promise<void> {
  await withRoute53(async (client) => {
    for (const record of records) await checkChange(zone, record, client, signal);
  });
}

/** A sentence for a name without a zone, naming those that the account has. @throws UserError as `openHostedZone` does */
export async function noHostedZoneSentence(name: string, signal: AbortSignal): Promise<string> {
  const { ListHostedZonesCommand } = await import('@aws-sdk/client-route-53');
  const { HostedZones = [] } = await withRoute53((client) =>
    asked('route53:ListHostedZones', null, () =>
      client.send(new ListHostedZonesCommand({}), { abortSignal: signal }),
    ),
  );
  const names = HostedZones.filter(({ Config }) => Config?.PrivateZone !== true).map((zone) =>
    String(zone.Name).replace(/\.$/u, ''),
  );
  return `No public zone of the AWS account holds ${name} (it has ${zonesShown(names)})`;
}

async function checkChange(
  zone: Pick<HostedZone, 'id' | 'name'>,
  { name, type }: Owner,
  client: Route53Client,
  signal: AbortSignal,
): Promise<void> {
  const command = await deletionOfNobodys(zone.id, { name, type });
  try {
    await client.send(command, { abortSignal: signal });
  } catch (error) {
    if (error instanceof Error && isAllowed(error)) return;
    if (error instanceof Error && error.name === 'NoSuchHostedZone') {
      throw new UserError(
        `The zone ${zone.name} (${zone.id}) is no longer in the AWS account; expected credentials for the account that holds it.`,
      );
    }
    if (troubleOf(error) === 'denied') {
      throw new UserError(
        `The credentials for AWS may not change the ${type} record of ${name} in ${zone.name} ("${(error as Error).message}"); expected the rights that \`reach4 plan\` prints with --iam-policy.`,
      );
    }
    await asked('route53:ChangeResourceRecordSets', null, () => Promise.reject(error));
  }
  throw new UserError(
    "What answers for Route 53 takes the deletion of a record that isn't there, so it is not AWS; check AWS_ENDPOINT_URL.",
  );
}

async function heldFor(
  name: string,
  zone: HostedZone,
  client: Route53Client,
  signal: AbortSignal,
): Promise<Omit<NameInHostedZone, 'zone'>> {
  const own = await setsAt(name, zone.id, client, signal);
  const ofType = (type: RRType) => own.filter(({ Type }) => Type === type);
  const [cname] = ofType('CNAME');
  const four = addressSet(name, 'A', ofType('A')[0]);
  const six = addressSet(name, 'AAAA', ofType('AAAA')[0]);
  return {
    a: four.set,
    computed: four.computed,
    hasAaaa: ofType('AAAA').length > 0,
    aaaa: six.set,
    computedAaaa: six.computed,
    cname: cname === undefined ? null : (targetOf(cname) ?? ''),
    delegatedAt: await delegatedAt(name, zone, own, client, signal),
  };
}

function addressSet(
  name: string,
  type: AddressType,
  found: ResourceRecordSet | undefined,
): { readonly set: RecordSet | null; readonly computed: ComputedAnswer | null } {
  if (found === undefined) return { set: null, computed: null };
  const computed = computedAnswer(found);
  const set = { type, name, ttl: found.TTL ?? 0, values: addressesIn(found) };
  return { set: computed === null ? set : null, computed };
}

/** How Route 53 finds its answer, where it doesn't simply give what the set holds. */
function computedAnswer(set: ResourceRecordSet): ComputedAnswer | null {
  if (set.TrafficPolicyInstanceId !== undefined) return 'traffic-policy';
  if (set.Weight !== undefined) return 'weighted';
  if (set.Region !== undefined) return 'latency';
  if (set.GeoLocation !== undefined || set.GeoProximityLocation !== undefined) return 'geographic';
  if (set.Failover !== undefined) return 'failover';
  if (set.CidrRoutingConfig !== undefined) return 'by-network';
  if (set.MultiValueAnswer !== undefined || set.SetIdentifier !== undefined) return 'multivalue';
  return set.AliasTarget === undefined ? null : 'alias';
}

const addressesIn = ({ ResourceRecords = [] }: ResourceRecordSet): string[] =>
  ResourceRecords.flatMap(({ Value }) => parseAddress(String(Value)) ?? []);

const targetOf = ({ ResourceRecords, AliasTarget }: ResourceRecordSet): string | undefined =>
  (ResourceRecords?.[0]?.Value ?? AliasTarget?.DNSName)?.replace(/\.$/u, '');

/**
 * Makes sure that nothing of somebody else's stands where a new set is about to be made. One with the very addresses
 * was made by an `up` that broke off before it was recorded, and may be written again.
 * @throws UserError where somebody has made another one since it was planned
 */
export async function checkHostedNameFree(
  { zoneId, name, type, values }: Owner & { readonly zoneId: string; readonly values: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const there = await withRoute53((client) => setsAt(name, zoneId, client, signal));
  const foreign = there.filter(
    (set) => set.Type === type && !(computedAnswer(set) === null && sameValues(addressesIn(set), values)),
  );
  if (foreign.length > 0) {
    throw new UserError(
      nameTaken(
        { name, type },
        foreign.flatMap((set) => addressesIn(set)),
      ),
    );
  }
}
