import type { Plan } from '../../model/plan.ts';
import { aRecordStack } from './a-record/stack.ts';
import { cdnStack } from './cdn/stack.ts';
import { edgeProxyStack } from './edge-proxy/stack.ts';
import { relayStack } from './relay/stack.ts';
import type { StackRemedy } from './remedy.ts';
import { tunnelStack } from './tunnel/stack.ts';

/** The remedies that are provisioned, each by its code. */
const STACK_REMEDIES: { readonly [Code in Plan['remedy']]: StackRemedy<Extract<Plan, { remedy: Code }>> } = {
  'a-record': aRecordStack,
  'edge-proxy': edgeProxyStack,
  relay: relayStack,
  tunnel: tunnelStack,
  cdn: cdnStack,
};

export const PLANNABLE = Object.keys(STACK_REMEDIES) as readonly Plan['remedy'][];

/** What the stack commands know of a remedy, for any plan of it. */
export const stackRemedy = (code: Plan['remedy']): StackRemedy<Plan> =>
  STACK_REMEDIES[code] as unknown as StackRemedy<Plan>;
