import { z } from 'zod';
import {
  DNS_RECORD_TYPE,
  PREVIOUS_RECORD_SETS_TYPE,
  PREVIOUS_RECORDS_TYPE,
  RECORD_SET_TYPE,
} from '../../../components/type-names.ts';
import {
  type RecordsAtCloudflare,
  type RecordsAtRoute53,
  recordsAtCloudflareSchema,
} from '../../../model/plan.ts';
import { recordSetSchema, takenSetSchema } from '../../../model/record-set.ts';
import type { SetsSoFar } from '../../../remedies/a-record/one-set.ts';
import type { StackSoFar } from '../../../remedies/a-record/outcome.ts';
import { isStarted, resourcesIn } from '../deployment.ts';

const heldSchema = recordsAtCloudflareSchema.pick({ previous: true, setAside: true }).extend({
  taken: z.array(z.object({ recordId: z.string() })).default([]),
});

/**
 * What a stack has done so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param plan the plan in its configuration
 */
export function stackSoFar(deployment: unknown, plan: RecordsAtCloudflare | null): StackSoFar {
  const all = resourcesIn(deployment);
  const held = heldSchema.safeParse(all.find(({ type }) => type === PREVIOUS_RECORDS_TYPE)?.outputs);
  return {
    started: isStarted(deployment),
    records: all.flatMap(({ type, id, importID }) =>
      type === DNS_RECORD_TYPE && id !== undefined
        ? [{ recordId: id, adopted: (importID ?? '') !== '' }]
        : [],
    ),
    previous: held.data?.previous ?? [],
    setAside: held.data?.setAside ?? [],
    taken: (held.data?.taken ?? []).map(({ recordId }) => recordId),
    plan,
  };
}

const heldSetsSchema = z.object({
  previous: z.array(recordSetSchema),
  taken: z.array(takenSetSchema).default([]),
});
/** A record set as the AWS provider calls it. */
const setSchema = z.object({
  zoneId: z.string(),
  name: z.string(),
  type: z.enum(['A', 'AAAA']),
  ttl: z.number(),
  records: z.array(z.string()),
});

/** The same at Route 53. */
export function setsSoFar(deployment: unknown, plan: RecordsAtRoute53 | null): SetsSoFar {
  const all = resourcesIn(deployment);
  const held = heldSetsSchema.safeParse(all.find(({ type }) => type === PREVIOUS_RECORD_SETS_TYPE)?.outputs);
  return {
    started: isStarted(deployment),
    sets: all.flatMap(({ type, outputs, importID }) => {
      const { data } = setSchema.safeParse(type === RECORD_SET_TYPE ? outputs : null);
      if (data === undefined) return [];
      const { records: values, ...set } = data;
      return [{ ...set, values, adopted: (importID ?? '') !== '' }];
    }),
    previous: held.data?.previous ?? [],
    taken: held.data?.taken ?? [],
    plan,
  };
}
