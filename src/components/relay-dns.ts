import { Record as RecordSetResource } from '@pulumi/aws/route53/index.js';
import type * as pulumi from '@pulumi/pulumi';
import type { RelayDns, RelayPlan } from '../model/relay-plan.ts';
import { AddressHold } from './address-hold.ts';
import { AddressRecord } from './dns-record.ts';
import { PreviousRecordSets } from './previous-record-sets.ts';
import { PreviousRecords } from './previous-records.ts';

/** Seconds that Cloudflare's "automatic", written as 1, stands for (Cloudflare's docs, "Time to Live"). */
const AUTOMATIC_SECONDS = 300;

/** One A record that leads to the relay. */
export interface RelayRecord {
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

/**
 * The A records of a relay, what was there before, and the hold that keeps the address until nobody is led to it.
 * @param after what makes the address usable: is still there while the hold waits at teardown
 */
export function relayDns(
  plan: RelayPlan,
  address: pulumi.Input<string>,
  after: readonly pulumi.Resource[],
): RelayNames {
  const { dns } = plan;
  const hold = new AddressHold('address-hold', holdArgs(plan, address), { dependsOn: [...after] });
  const made = recordsOf(dns, address, hold);
  return {
    records: dns.records.map(({ name, ttl }) => ({ name, type: 'A', content: address, ttl: seconds(ttl) })),
    byHand: dns.provider === 'manual',
    resources: [hold, ...made],
  };
}

const seconds = (ttl: number): number => (ttl === 1 ? AUTOMATIC_SECONDS : ttl);

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
    ttl: Math.max(0, ...dns.records.map(({ ttl }) => seconds(ttl))),
    records: dns.provider === 'manual' ? 'by-hand' : 'ours',
  };
}

/** By adapter. What was there before comes back before the hold looks: an adopted record leads to the address until then. */
function recordsOf(dns: RelayDns, address: pulumi.Input<string>, hold: AddressHold): pulumi.Resource[] {
  switch (dns.provider) {
    case 'cloudflare':
      return atCloudflare(dns, address, hold);
    case 'route53':
      return atRoute53(dns, address, hold);
    case 'manual':
      return [];
  }
}

function atCloudflare(
  dns: Extract<RelayDns, { provider: 'cloudflare' }>,
  content: pulumi.Input<string>,
  hold: AddressHold,
): pulumi.Resource[] {
  const zoneId = dns.zone.id;
  const previous = dns.restore ? dns.previous : [];
  const holder = new PreviousRecords(
    'previous-records',
    { zoneId, previous, setAside: dns.setAside },
    { dependsOn: hold },
  );
  const records = dns.records.map((planned) => {
    const record = { ...planned, type: 'A', content, proxied: false, leaveContent: false } as const;
    const stays = previous.some(({ id }) => id === planned.adopt?.recordId);
    return new AddressRecord(`${record.name}-A`, { zoneId, record, holder, stays });
  });
  return [holder, ...records];
}

function atRoute53(
  dns: Extract<RelayDns, { provider: 'route53' }>,
  content: pulumi.Input<string>,
  hold: AddressHold,
): pulumi.Resource[] {
  const zoneId = dns.zone.id;
  const previous = dns.restore ? dns.previous : [];
  const holder = new PreviousRecordSets('previous-records', { zoneId, previous }, { dependsOn: hold });
  const records = dns.records.map(({ name, ttl, adopt }) => {
    // Imported and changed in place, never deleted and made again: in between, caches would learn that there is no
    // address, and keep that for longer than a TTL.
    const taken = {
      import: `${zoneId}_${name}_A`,
      retainOnDelete: previous.some((each) => each.name === name),
    };
    return new RecordSetResource(
      `${name}-A`,
      { zoneId, name, type: 'A', ttl, records: [content] },
      { dependsOn: holder, ...(adopt ? taken : {}) },
    );
  });
  return [holder, ...records];
}
