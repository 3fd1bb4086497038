import { machineFacts } from '../../connector/machine-facts.ts';
import { LOOK_SCRIPT } from '../../connector/script/look.ts';
import { UserError } from '../../model/error.ts';
import { block } from '../../report/page.ts';
import type { StackContext } from '../stack/context.ts';
import type { AfterDown } from '../stack/remedy.ts';
import type { ConnectorContext } from './context.ts';
import { machineOf } from './machine.ts';
import { takeAway } from './remove.ts';
import { tunnelIn } from './tunnel-of-stack.ts';
import { worldOf } from './world.ts';

/**
 * After a stack with a tunnel went down: its connector goes from this machine, where it is on this one. It signs in to
 * a tunnel that is no more, and would try for ever.
 * @param before the stack's state as it was
 * @returns null where the stack had no tunnel
 */
export async function removeConnector(
  before: unknown,
  context: StackContext,
  world: Pick<ConnectorContext, 'feed' | 'platform' | 'isRoot' | 'readInput'> = worldOf(),
): Promise<AfterDown | null> {
  const tunnelId = tunnelIn(before, '')?.tunnelId.toLowerCase();
  if (tunnelId === undefined) return null;
  const all = { ...context, ...world };
  const { page } = context.io;
  if (all.platform === 'linux') {
    const machine = machineOf(null, all);
    const facts = machineFacts(await machine.run({ text: LOOK_SCRIPT, root: false }));
    if (facts.connectors.some((each) => each.tunnelId === tunnelId)) {
      try {
        return await takeAway(tunnelId, false, machine, all);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const text = `The tunnel is gone, but its connector on this machine is not: ${error.message}`;
        return {
          text: `${block(page, text, 0)}\n${block(page, `Then:  reach4 connector remove --tunnel ${tunnelId}`, 0)}\n`,
          achieved: false,
        };
      }
    }
  }
  return {
    text: `${block(page, "The tunnel's connector isn't on this machine. Where it is, it can go:", 0)}\n  reach4 connector remove --ssh user@host\n`,
    achieved: true,
  };
}
