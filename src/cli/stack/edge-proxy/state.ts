import type { EdgeProxyPlan } from '../../../model/edge-proxy-plan.ts';
import type { Plan } from '../../../model/plan.ts';
import type { NameSoFar } from '../../../remedies/dns-records/cloudflare-name.ts';
import { nameSoFar } from '../name-state.ts';

export const ofThisRemedy = (plan: Plan | null): EdgeProxyPlan | null =>
  plan?.remedy === 'edge-proxy' ? plan : null;

/**
 * What a stack has done at the name so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param plan the plan in its configuration
 */
export const stackSoFar = (deployment: unknown, name: string, plan: Plan | null): NameSoFar =>
  nameSoFar(deployment, name, ofThisRemedy(plan));
