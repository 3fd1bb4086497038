import { randomBytes } from 'node:crypto';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Account, Existing } from '../account.ts';
import { AwsError } from '../errors.ts';

export interface HostedZone {
  /** `Z…`, without `/hostedzone/` */
  id: string;
  /** With its last dot. */
  name: string;
  isPrivate: boolean;
  tags: Record<string, string>;
  /** By name and type. */
  sets: Map<string, ResourceRecordSet>;
  /** The sets that it began with. */
  initial: ReadonlyMap<string, ResourceRecordSet>;
}

export interface Change {
  id: string;
  submittedAt: Date;
  status: 'PENDING' | 'INSYNC';
}

/** Route 53's part of an account; it has no regions. */
export class Zones {
  all: HostedZone[];
  changes = new Map<string, Change>();
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
    this.all = account.settings.zones.map(({ name, id, isPrivate, nameServers, records, tags }) => {
      const zone = fullName(name);
      const soa = `ns-1.awsdns-01.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
      const given = [
        { name: zone, type: 'NS', ttl: 172_800, values: nameServers },
        { name: zone, type: 'SOA', ttl: 900, values: [soa] },
        ...records,
      ];
      const sets = new Map(
        given.map((record) => {
          const set: ResourceRecordSet = {
            Name: fullName(record.name),
            Type: record.type as never,
            TTL: record.ttl,
            ResourceRecords: record.values.map((Value) => ({ Value })),
          };
          return [keyOf(set), set];
        }),
      );
      return { id: id ?? newId(), name: zone, isPrivate, tags, sets, initial: sets };
    });
  }

  get(id: string): HostedZone {
    const found = this.all.find((zone) => zone.id === id);
    if (found === undefined) {
      throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
    }
    return found;
  }

  /** A change that all name servers will know in a while. */
  newChange(): Change {
    const change: Change = { id: `C${newId().slice(1)}`, submittedAt: this.#account.now, status: 'PENDING' };
    this.changes.set(change.id, change);
    this.#account.schedule.after(this.#account.settings.times.route53Pending, () => {
      change.status = 'INSYNC';
    });
    return change;
  }

  /** Record sets that weren't there at the beginning, or not so. */
  exists(): Omit<Existing, 'region'>[] {
    return this.all.flatMap((zone) =>
      [...zone.sets.values()]
        .filter((set) => {
          const initial = zone.initial.get(keyOf(set));
          return initial === undefined || !sameSet(initial, set);
        })
        .map((set) => ({ service: 'route53' as const, type: 'record', id: keyOf(set), tags: {} })),
    );
  }
}

export function keyOf({ Name = '', Type }: Pick<ResourceRecordSet, 'Name' | 'Type'>): string {
  return `${fullName(Name)} ${Type}`;
}

/** Lower case, with its last dot; what isn't a letter, a digit, `-`, `_` or `.` is shown as `\NNN` (developer guide). */
export function fullName(name: string): string {
  const lower = name.toLowerCase().replace(/\.?$/, '.');
  return lower.replace(
    /(?<!\\)[^a-z0-9_.\\-]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

/** Whatever the order of the values. */
export function sameSet(one: ResourceRecordSet, other: ResourceRecordSet): boolean {
  const values = ({ ResourceRecords }: ResourceRecordSet) =>
    (ResourceRecords ?? []).map(({ Value }) => Value).toSorted();
  const alias = ({ AliasTarget: to }: ResourceRecordSet) =>
    to === undefined ? null : [to.HostedZoneId, fullName(to.DNSName ?? ''), to.EvaluateTargetHealth];
  return (
    one.TTL === other.TTL &&
    JSON.stringify(values(one)) === JSON.stringify(values(other)) &&
    JSON.stringify(alias(one)) === JSON.stringify(alias(other))
  );
}

function newId(): string {
  return `Z${randomBytes(10).toString('hex').toUpperCase()}`;
}
