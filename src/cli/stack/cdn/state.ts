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
  onlyBack: z.boolean(),
});

const outputsSchema = z.object({ domainName: z.string(), distributionId: z.string() }).partial();

/** What a stack has done so far, by its state as `pulumi stack export` gives it; and the plan in its configuration. */
export function cdnSoFar(deployment: unknown, plan: CdnPlan | null): CdnSoFar {
  const sets = resourcesIn(deployment)
    .filter(({ type }) => type === HOSTED_SETS_TYPE)
    .flatMap(({ outputs }) => setsSchema.safeParse(outputs).data ?? []);
  // Of the visitors' name there are two: `name-back`, which comes first, writes nothing.
  const both = sets.filter(({ name }) => name === plan?.name);
  const own = both.find(({ onlyBack }) => !onlyBack);
  return {
    started: isStarted(deployment),
    held: typesIn(both),
    recorded: typesIn(own === undefined ? [] : [own]),
    previous: (own ?? both[0])?.previous ?? [],
    holdsOrigin: sets.some(({ name }) => name === plan?.origin.name),
    plan,
  };
}

const typesIn = (sets: readonly z.infer<typeof setsSchema>[]): ('A' | 'AAAA')[] =>
  (['A', 'AAAA'] as const).filter((each) =>
    sets.some(({ wanted }) => wanted.some(({ type }) => type === each)),
  );

/** The distribution of a stack; null while there is none. */
export function distributionIn(deployment: unknown): { domainName: string | null; id: string | null } {
  const stack = resourcesIn(deployment).find(({ type }) => type === STACK_TYPE);
  const outputs = outputsSchema.safeParse(stack?.outputs).data;
  return { domainName: outputs?.domainName ?? null, id: outputs?.distributionId ?? null };
}
