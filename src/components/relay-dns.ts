import { Record as RecordSetResource } from '@pulumi/aws/route53/index.js';
import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { comingBack } from '../model/coming-back.ts';
import type { RelayDns, RelayPlan } from '../model/relay-plan.ts';
import { ttlSeconds } from '../model/zone-records.ts';
import { AddressHold } from './address-hold.ts';
import { NameRecords } from './name-records.ts';
import { PreviousRecordSets } from './previous-record-sets.ts';
import { NAME_RECORDS_RESOURCE } from './type-names.ts';

/** Seconds: what is written where nobody chooses (the default of most providers' forms). */
const USUAL_SECONDS = 300;

/** One A record that leads to the relay. */
interface RelayRecord {
  readonly name: string;
  readonly type: 'A';
  readonly content: pulumi.Input<string>;
  /** Seconds. */
  readonly ttl: number;
}

export interface RelayNames {
  /** Made by the stack; or, with `manual`, to be written by a person. */
  readonly records: readonly RelayRecord[];
  /** The A records are written by hand. */
  readonly byHand: boolean;
  /** Everything that was made here, in the order of creation. */
  readonly resources: readonly pulumi.Resource[];
}

/** What the engine is about to make a record set of. */
const inputsSchema = z.object({ records: z.array(z.string()).default([]) });
type RecordInputs = z.infer<typeof inputsSchema>;

/** Resolves where a new record may be made. @throws an error with one sentence where it may not */
export type RecordGuard = (record: {
  readonly zoneId: string;
  readonly name: string;
  readonly address: string;
}) => Promise<void>;

export interface RelayDnsOptions {
  /** AWS's, for Route 53; the default one, if not given. */
  readonly provider?: pulumi.ProviderResource;
  /** Asked before each record set that is made at Route 53; not for those that are there. */
  readonly guard?: RecordGuard | null;
}

/**
 * The A records of a relay, what was there before, and the hold that keeps the address until nobody is led to it.
 * @param after what makes the address usable: is still there while the hold waits at teardown
 */
export function relayDns(
  plan: RelayPlan,
  address: pulumi.Input<string>,
  after: readonly pulumi.Resource[],
  options: RelayDnsOptions = {},
): RelayNames {
  const { dns } = plan;
  const hold = new AddressHold('address-hold', holdArgs(plan, address), { dependsOn: [...after] });
  const made = recordsOf(plan, address, hold, options);
  return {
    records: dns.records.map(({ name, ttl }) => ({
      name,
      type: 'A',
      content: address,
      ttl: ttlSeconds(ttl),
    })),
    byHand: dns.provider === 'manual',
    resources: [hold, ...made],
  };
}

function holdArgs(
  { dns, settings }: RelayPlan,
  address: pulumi.Input<string>,
): ConstructorParameters<typeof AddressHold>[1] {
  const own = dns.records.map(({ name }) => name);
  // Other names that clients come by: who made their records is not known here, but they must be gone as well.
  const others = settings.services.flatMap((service) => ('names' in service ? service.names : []));
  return {
    address,
    names: [...new Set([...own, ...others])],
    ttl:
      dns.records.length === 0 ? USUAL_SECONDS : Math.max(...dns.records.map(({ ttl }) => ttlSeconds(ttl))),
    records: dns.provider === 'manual' ? 'by-hand' : 'ours',
  };
}

/** By adapter. What was there before comes back before the hold looks: an adopted record leads to the address until then. */
function recordsOf(
  { dns, target }: RelayPlan,
  address: pulumi.Input<string>,
  hold: AddressHold,
  options: RelayDnsOptions,
): pulumi.Resource[] {
  switch (dns.provider) {
    case 'cloudflare':
      return atCloudflare(dns, address, hold, target);
    case 'route53':
      return atRoute53(dns, address, hold, options);
    case 'manual':
      return [];
  }
}

/** One resource a name, so that a stack that was another remedy's before changes it in place. */
function atCloudflare(
  { zone, records, previous, restore }: Extract<RelayDns, { provider: 'cloudflare' }>,
  content: pulumi.Input<string>,
  hold: AddressHold,
  { host }: RelayPlan['target'],
): pulumi.Resource[] {
  return records.map(({ name, ttl, comment, tags, adopt }) => {
    const before = previous.filter((record) => record.name === name);
    const recordId = adopt?.recordId ?? null;
    return new NameRecords(
      {
        zoneId: zone.id,
        name,
        // The AAAA is the server's own, and never touched.
        types: ['A'],
        records: [{ type: 'A', content, ttl, proxied: false, comment, tags, recordId }],
        previous: before,
        back: comingBack({ previous: before, restore }),
      },
      { dependsOn: hold },
      name === host ? undefined : `${NAME_RECORDS_RESOURCE}-${name}`,
    );
  });
}

function atRoute53(
  dns: Extract<RelayDns, { provider: 'route53' }>,
  content: pulumi.Input<string>,
  hold: AddressHold,
  { provider, guard }: RelayDnsOptions,
): pulumi.Resource[] {
  const zoneId = dns.zone.id;
  const previous = dns.restore ? dns.previous : [];
  const made = dns.records.flatMap(({ name, ttl, adopt }) =>
    adopt ? [] : [{ type: 'A' as const, name, ttl, values: [content] }],
  );
  const holder = new PreviousRecordSets('previous-records', { zoneId, previous, made }, { dependsOn: hold });
  const records = dns.records.map(({ name, ttl, adopt }) => {
    const options = adopt
      ? // Imported and changed in place, never deleted and made again: in between, caches would learn that there is no
        // address, and keep that for longer than a TTL.
        { import: `${zoneId}_${name}_A`, retainOnDelete: previous.some((each) => each.name === name) }
      : {
          hooks: guarded(`${name}-A`, guard, ({ records: [address] }) => ({
            zoneId,
            name,
            address: String(address),
          })),
        };
    // What an `up` that broke off has made and not recorded may be written again. That nothing of somebody else's is
    // written over, the guard sees to.
    const allowOverwrite = !adopt && guard !== undefined && guard !== null;
    return new RecordSetResource(
      `${name}-A`,
      { zoneId, name, type: 'A', ttl, records: [content], ...(allowOverwrite ? { allowOverwrite } : {}) },
      { dependsOn: holder, ...(provider === undefined ? {} : { provider }), ...options },
    );
  });
  return [holder, ...records];
}

/** Lets the guard look before a record is made. */
function guarded(
  name: string,
  guard: RecordGuard | null | undefined,
  about: (inputs: RecordInputs) => Parameters<RecordGuard>[0],
): pulumi.ResourceHookBinding {
  if (guard === undefined || guard === null) return {};
  const look = new pulumi.ResourceHook(`${name}-is-free`, ({ newInputs }) =>
    guard(about(inputsSchema.parse(newInputs))),
  );
  return { beforeCreate: [look] };
}
