import { UserError } from '../../../model/error.ts';
import type { RelayPlan } from '../../../model/relay-plan.ts';
import type { StackRemedy } from '../remedy.ts';

/** A host that forwards. */
export const relayStack: StackRemedy<RelayPlan> = {
  plan: async () => {
    throw new UserError(
      '--remedy relay has no planner yet; expected a plan for it in the configuration of the stack.',
    );
  },
  // The program looks for credentials itself, in the way of AWS's own tools.
  checkAccess: async () => {},
  heading: (action, { dns, monthlyUSD }) => {
    const names = dns.records.map(({ name }) => name).join(', ');
    return action === 'down'
      ? `The relay of ${names} goes; IPv4 visitors no longer get there.`
      : `IPv4 visitors of ${names} are sent to a relay.\nIt costs $${monthlyUSD} a month.`;
  },
  afterwards: (action) => (action === 'down' ? 'Taken down.' : 'The relay serves.'),
  promised: async ({ identity }) => ({ records: [], identity }),
};
