import { Record as RecordSetResource } from '@pulumi/aws/route53/index.js';
import * as pulumi from '@pulumi/pulumi';
import { comingBack } from '../model/coming-back.ts';
import type { RecordsAtRoute53 } from '../model/plan.ts';
import type { PlannedSet } from '../model/record-set.ts';
import { PreviousRecordSets } from './previous-record-sets.ts';

/** Resolves where a new set may be made. @throws an error with one sentence where it may not */
type SetGuard = (
  set: Pick<PlannedSet, 'name' | 'type' | 'values'> & { readonly zoneId: string },
) => Promise<void>;

export interface AddressSetsOptions {
  /** AWS's; the default one, if not given. */
  readonly provider?: pulumi.ProviderResource;
  /** Asked before each set that is made; not for those that are there. Null: nobody is, and none is written over. */
  readonly guard: SetGuard | null;
}

/** What belongs to whoever keeps a set whose content is left to it. */
const LEFT_TO_ITS_KEEPER = ['records', 'ttl'];

/** The sets of a plan, made or taken over, and the holder of what was there before. */
export function addressSets(plan: RecordsAtRoute53, options: AddressSetsOptions): RecordSetResource[] {
  const zoneId = plan.zone.id;
  const previous = comingBack(plan);
  const taken = plan.records.flatMap(({ type, name, ttl, adopt, values, leaveContent }) =>
    adopt === null || leaveContent ? [] : [{ type, name, ttl, from: adopt.values, to: values }],
  );
  const made = plan.records.filter(({ adopt }) => adopt === null);
  // Always there, also when it has nothing to hold: taking it away later would put sets back under ours.
  const holder = new PreviousRecordSets('previous-records', {
    ...{ zoneId, previous, taken },
    made: made.map(({ type, name, ttl, values }) => ({ type, name, ttl, values })),
  });
  return plan.records.map((set) => {
    const stays = set.leaveContent || previous.some(({ type }) => type === set.type);
    return addressSet(set, { ...options, zoneId, holder, stays });
  });
}

interface Around extends AddressSetsOptions {
  readonly zoneId: string;
  /** Puts the old set back once this one is out of the state. */
  readonly holder: PreviousRecordSets;
  /** The set outlives the stack: its old values come back in place, or its content is not the stack's. */
  readonly stays: boolean;
}

function addressSet(set: PlannedSet, { zoneId, holder, stays, provider, guard }: Around): RecordSetResource {
  const { type, name, ttl, values, adopt, leaveContent } = set;
  const label = `${name}-${type}`;
  return new RecordSetResource(
    label,
    {
      zoneId,
      name,
      type,
      ttl,
      records: values,
      // What an `up` that broke off has made and not recorded may be written again. That nothing of somebody else's is
      // written over, the guard sees to.
      ...(adopt === null && guard !== null ? { allowOverwrite: true } : {}),
    },
    {
      dependsOn: holder,
      retainOnDelete: stays,
      ...(provider === undefined ? {} : { provider }),
      // Imported and changed in place, never deleted and made again: in between, caches would learn that there is no
      // address, and keep that for longer than a TTL.
      ...(adopt === null ? {} : { import: `${zoneId}_${name}_${type}` }),
      ...(adopt === null && guard !== null
        ? { hooks: { beforeCreate: [free(label, () => guard({ zoneId, name, type, values }))] } }
        : {}),
      ...(leaveContent ? { ignoreChanges: LEFT_TO_ITS_KEEPER } : {}),
    },
  );
}

const free = (label: string, look: () => Promise<void>): pulumi.ResourceHook =>
  new pulumi.ResourceHook(`${label}-is-free`, look);
