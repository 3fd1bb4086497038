import { DNS_RECORD_TYPE, PREVIOUS_RECORDS_TYPE } from '../../../components/type-names.ts';
import { type ARecordPlan, aRecordPlanSchema } from '../../../model/plan.ts';
import type { StackSoFar } from '../../../remedies/a-record/outcome.ts';
import { isStarted, resourcesIn } from '../deployment.ts';

const heldSchema = aRecordPlanSchema.pick({ previous: true, setAside: true });

/**
 * What a stack has done so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param plan the plan in its configuration
 */
export function stackSoFar(deployment: unknown, plan: ARecordPlan | null): StackSoFar {
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
    plan,
  };
}
