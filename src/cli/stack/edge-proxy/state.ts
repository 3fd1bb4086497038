import { type Plan, planOf } from '../../../model/plan.ts';
import type { NameSoFar } from '../../../remedies/dns-records/cloudflare-name.ts';
import { nameSoFar } from '../name-state.ts';

/**
 * What a stack has done at the name so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param plan the plan in its configuration
 */
export const stackSoFar = (deployment: unknown, name: string, plan: Plan | null): NameSoFar =>
  nameSoFar(deployment, name, planOf('edge-proxy', plan));
