import { isIPv4, isIPv6 } from 'node:net';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Distributions } from '../cloudfront/state.ts';
import { AwsError } from '../errors.ts';
import { aliasProblems } from './alias.ts';
import { fullName, type HostedZone, keyOf, sameSet } from './zones.ts';

/** Changes in one batch (developer guide, "Quotas"). */
const BATCH_LIMIT = 1_000;

/** All changes or none; Route 53 names everything that is wrong, in brackets. */
export function applyBatch(zone: HostedZone, changes: readonly Change[], distributions: Distributions): void {
  if (changes.length === 0 || changes.length > BATCH_LIMIT) {
    throw invalidBatch([`Number of records limit of ${BATCH_LIMIT} exceeded.`]);
  }
  const sets = new Map(zone.sets);
  const problems = changes.flatMap((change) => apply(sets, zone, change, distributions));
  if (problems.length > 0) {
    throw invalidBatch(problems);
  }
  zone.sets = sets;
}

function invalidBatch(problems: readonly string[]): AwsError {
  return new AwsError('InvalidChangeBatch', `[${problems.join(', ')}]`);
}

function apply(
  sets: Map<string, ResourceRecordSet>,
  zone: HostedZone,
  change: Change,
  distributions: Distributions,
): string[] {
  const given = change.ResourceRecordSet;
  if (given === undefined) {
    throw new AwsError('InvalidInput', 'Invalid request: Expected exactly one of ResourceRecordSet');
  }
  const { AliasTarget: to } = given;
  const set: ResourceRecordSet = {
    ...given,
    Name: fullName(given.Name ?? ''),
    ...(to === undefined ? {} : { AliasTarget: { ...to, DNSName: fullName(to.DNSName ?? '') } }),
  };
  const key = keyOf(set);
  const named = `[name='${set.Name}', type='${set.Type}']`;
  const existing = sets.get(key);
  // What is taken away was right when it was written; where an alias leads may be gone since.
  const problems =
    set.AliasTarget === undefined
      ? problemsOf(set, zone)
      : change.Action === 'DELETE'
        ? []
        : aliasProblems(set, zone, sets, distributions);
  if (problems.length > 0) {
    return problems;
  }
  switch (change.Action) {
    case 'DELETE':
      if (existing === undefined) {
        return [`Tried to delete resource record set ${named} but it was not found`];
      }
      if (!sameSet(existing, set)) {
        return [
          `Tried to delete resource record set ${named} but the values provided do not match the current values`,
        ];
      }
      sets.delete(key);
      return [];
    case 'CREATE':
      if (existing !== undefined) {
        return [`Tried to create resource record set ${named} but it already exists`];
      }
      break;
  }
  const conflict = conflictOf(sets, set);
  if (conflict !== undefined) {
    return [conflict];
  }
  sets.set(key, set);
  return [];
}

/** What is wrong with a set by itself. */
function problemsOf(
  { Name = '', Type, TTL, ResourceRecords }: ResourceRecordSet,
  zone: HostedZone,
): string[] {
  if (Name !== zone.name && !Name.endsWith(`.${zone.name}`)) {
    return [`RRSet with DNS name ${Name} is not permitted in zone ${zone.name}`];
  }
  const values = (ResourceRecords ?? []).map(({ Value }) => Value ?? '');
  if (TTL === undefined || values.length === 0) {
    throw new AwsError(
      'InvalidInput',
      'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or ' +
        `TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, Name=${Name}, Type=${Type}]`,
    );
  }
  const wrong = values.filter(
    (value) => (Type === 'A' && !isIPv4(value)) || (Type === 'AAAA' && !isIPv6(value)),
  );
  if (wrong.length > 0) {
    return wrong.map((value) =>
      Type === 'A'
        ? `Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '${value}''`
        : `Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '${value}''`,
    );
  }
  if (new Set(values).size !== values.length) {
    return [`Duplicate Resource Record: '${values[0]}'`];
  }
  return [];
}

/** A CNAME is alone at its name (RFC 1034, 3.6.2). */
function conflictOf(
  sets: ReadonlyMap<string, ResourceRecordSet>,
  set: ResourceRecordSet,
): string | undefined {
  const others = [...sets.values()].filter(({ Name, Type }) => Name === set.Name && Type !== set.Type);
  const isConflict = set.Type === 'CNAME' ? others.length > 0 : others.some(({ Type }) => Type === 'CNAME');
  return isConflict
    ? `RRSet of type ${set.Type} with DNS name ${set.Name} is not permitted because a conflicting RRSet of type ` +
        `${others.find(({ Type }) => set.Type === 'CNAME' || Type === 'CNAME')?.Type} with the same DNS name already exists in zone`
    : undefined;
}
