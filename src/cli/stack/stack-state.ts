import { z } from 'zod';
import { DNS_RECORD_TYPE, PREVIOUS_RECORDS_TYPE } from '../../components/type-names.ts';
import { type Plan, planSchema } from '../../model/plan.ts';
import type { StackSoFar } from '../../remedies/a-record/outcome.ts';

const resourceSchema = z.object({
  type: z.string(),
  id: z.string().optional(),
  importID: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

/** The part of Pulumi's deployment, version 3, that is read (sdk/go/common/apitype, DeploymentV3). */
const deploymentSchema = z.object({
  resources: z.array(resourceSchema).nullish(),
  pending_operations: z.array(z.unknown()).nullish(),
});

const heldSchema = planSchema.pick({ previous: true, setAside: true });

/**
 * What a stack has done so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param plan the plan in its configuration
 */
export function stackSoFar(deployment: unknown, plan: Plan | null): StackSoFar {
  const { resources, pending_operations: pending } = deploymentSchema.parse(deployment ?? {});
  const all = resources ?? [];
  const held = heldSchema.safeParse(all.find(({ type }) => type === PREVIOUS_RECORDS_TYPE)?.outputs);
  return {
    started: all.length > 0 || (pending ?? []).length > 0,
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
