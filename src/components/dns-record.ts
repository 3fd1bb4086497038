import { DnsRecord } from '@pulumi/cloudflare/dnsRecord.js';
import * as pulumi from '@pulumi/pulumi';
import type { PlannedRecord } from '../model/zone-records.ts';
import type { PreviousRecords, SetAsideRecords } from './previous-records.ts';

export interface AddressRecordArgs {
  readonly zoneId: string;
  readonly record: Omit<PlannedRecord, 'content'> & {
    /** The address; a relay's is known only once there is one. */
    readonly content: pulumi.Input<string>;
  };
  /** Puts the adopted record's old values back once this one is out of the state. */
  readonly holder: PreviousRecords;
  /** What stands in this one's way is out of the zone by then; null where nothing does. */
  readonly setAside?: SetAsideRecords | null;
  /** The record outlives the stack: its old values come back in place, or its content is not the stack's. */
  readonly stays: boolean;
  /** Run where the record is made, not where it is taken over. */
  readonly hooks?: pulumi.ResourceHookBinding;
}

/** Seconds, as Cloudflare writes "automatic": the only TTL that a proxied record can have. */
const AUTOMATIC_TTL = 1;

/** What belongs to whoever keeps a record whose content is left to it. */
const LEFT_TO_ITS_KEEPER = ['content', 'ttl', 'comment', 'tags', 'proxied'];

/** One A or AAAA record: made, or taken over from whoever made it. */
export class AddressRecord extends pulumi.ComponentResource {
  /** The address in the record. */
  readonly content: pulumi.Output<string | undefined>;

  constructor(name: string, args: AddressRecordArgs, options?: pulumi.ComponentResourceOptions) {
    super('reach4:dns:AddressRecord', name, {}, options);
    const record = new DnsRecord(name, recordArgs(args), { parent: this, ...recordOptions(args) });
    this.content = record.content;
    this.registerOutputs({ content: this.content });
  }
}

function recordArgs({ zoneId, record }: AddressRecordArgs): ConstructorParameters<typeof DnsRecord>[1] {
  const { type, name, content, ttl, proxied, comment, tags } = record;
  return {
    zoneId,
    // Fully qualified, and the address canonical: other spellings are changed by the API and then drift.
    name,
    type,
    content,
    ttl: proxied ? AUTOMATIC_TTL : ttl,
    proxied,
    ...(comment === null ? {} : { comment }),
    // Set only where there are any: an empty list drifts.
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  };
}

function recordOptions({
  zoneId,
  record,
  holder,
  setAside = null,
  stays,
  hooks = {},
}: AddressRecordArgs): pulumi.CustomResourceOptions {
  return {
    dependsOn: setAside === null ? holder : [holder, setAside],
    ...(record.adopt === null
      ? { hooks }
      : { import: `${zoneId}/${record.adopt.recordId}`, retainOnDelete: stays }),
    ...(record.leaveContent ? { ignoreChanges: LEFT_TO_ITS_KEEPER } : {}),
  };
}
