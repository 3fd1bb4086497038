import type { Plan } from '../../model/plan.ts';

type Remedy = Plan['remedy'];

/** Above Pulumi's own output, where a stack is taken down that is up with another remedy than is planned. */
export const otherHeading = (isUpWith: Remedy): string =>
  `The stack is up with ${isUpWith}; it is taken down. What it kept to put back comes back.`;

/** The same below it. */
export const otherAfterwards = (isUpWith: Remedy, planned: Remedy): string =>
  `Done: ${isUpWith} is down. The plan of ${planned} is kept; reach4 up would make it.`;
