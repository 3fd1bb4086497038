import {
  ADDRESS_HOLD_TYPE,
  DNS_RECORD_TYPE,
  HOSTED_SETS_TYPE,
  NAME_RECORDS_TYPE,
  PREVIOUS_RECORD_SETS_TYPE,
  PREVIOUS_RECORDS_TYPE,
  RECORD_SET_TYPE,
  TUNNEL_TYPE,
} from '../../components/type-names.ts';
import type { Plan } from '../../model/plan.ts';
import { isStarted, ownResources, resourcesIn } from './deployment.ts';

/** What only one remedy has. */
const OWN: readonly (readonly [type: string, remedy: Plan['remedy']])[] = [
  [ADDRESS_HOLD_TYPE, 'relay'],
  [HOSTED_SETS_TYPE, 'cdn'],
  [TUNNEL_TYPE, 'tunnel'],
];

/** What others have as well, so that it tells only where there is none of the above. */
const SHARED: readonly (readonly [type: string, remedy: Plan['remedy']])[] = [
  [NAME_RECORDS_TYPE, 'edge-proxy'],
  [PREVIOUS_RECORDS_TYPE, 'a-record'],
  [PREVIOUS_RECORD_SETS_TYPE, 'a-record'],
  [DNS_RECORD_TYPE, 'a-record'],
  [RECORD_SET_TYPE, 'a-record'],
];

/**
 * What a stack is up with: by its state, because the plan in its configuration may be of a remedy that no `up` has made yet,
 * or lost. Null where it isn't up.
 * @param planned the remedy in its configuration, which counts where the state is of several (an `up` that broke off)
 */
export function upWith(deployment: unknown, planned: Plan['remedy'] | null): Plan['remedy'] | null {
  if (!isStarted(deployment)) return null;
  const types = new Set(ownResources(deployment).map(({ type }) => type));
  const of = (marks: typeof OWN) => marks.filter(([type]) => types.has(type)).map(([, remedy]) => remedy);
  const own = of(OWN);
  const found = own.length > 0 ? own : of(SHARED);
  if (planned !== null && found.includes(planned)) return planned;
  return found[0] ?? planned;
}

/** Whether all that a stack has in DNS is one resource at Cloudflare, which every remedy there changes in place. */
export const isOneNameAtCloudflare = (deployment: unknown): boolean =>
  resourcesIn(deployment).some(({ type }) => type === NAME_RECORDS_TYPE);
