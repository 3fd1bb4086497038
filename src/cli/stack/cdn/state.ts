import { z } from 'zod';
import { HOSTED_SETS_TYPE } from '../../../components/type-names.ts';
import { type CdnPlan, hostedSetSchema } from '../../../model/cdn-plan.ts';
import type { CdnSoFar } from '../../../remedies/cdn/outcome.ts';
import { isStarted, resourcesIn } from '../deployment.ts';

const STACK_TYPE = 'pulumi:pulumi:Stack';

const setsSchema = z.object({
  name: z.string(),
  wanted: z.array(z.object({ type: z.string() })),
  previous: z.array(hostedSetSchema),
});

const outputsSchema = z.object({ domainName: z.string(), distributionId: z.string() }).partial();

/** What a stack has done so far, by its state as `pulumi stack export` gives it; and the plan in its configuration. */
export function cdnSoFar(deployment: unknown, plan: CdnPlan | null): CdnSoFar {
  const sets = resourcesIn(deployment)
    .filter(({ type }) => type === HOSTED_SETS_TYPE)
    .flatMap(({ outputs }) => setsSchema.safeParse(outputs).data ?? []);
  const own = sets.find(({ name }) => name === plan?.name);
  const types = own?.wanted.map(({ type }) => type) ?? [];
  return {
    started: isStarted(deployment),
    held: (['A', 'AAAA'] as const).filter((type) => types.includes(type)),
    previous: own?.previous ?? [],
    holdsOrigin: sets.some(({ name }) => name === plan?.origin.name),
    plan,
  };
}

/** The distribution of a stack; null while there is none. */
export function distributionIn(deployment: unknown): { domainName: string | null; id: string | null } {
  const stack = resourcesIn(deployment).find(({ type }) => type === STACK_TYPE);
  const outputs = outputsSchema.safeParse(stack?.outputs).data;
  return { domainName: outputs?.domainName ?? null, id: outputs?.distributionId ?? null };
}
