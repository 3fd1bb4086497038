import { factOf } from '../../connector/answer.ts';
import { machineFacts } from '../../connector/machine-facts.ts';
import { LOOK_SCRIPT } from '../../connector/script/look.ts';
import { removeScript } from '../../connector/script/remove.ts';
import { UserError } from '../../model/error.ts';
import { block } from '../../report/page.ts';
import { printable } from '../../report/printable.ts';
import { type ConnectorContext, EXIT_DONE, EXIT_NOT_ACHIEVED } from './context.ts';
import { agreed, progress } from './install.ts';
import { type Machine, machineOf } from './machine.ts';
import { removedText, removePlanText } from './text.ts';
import { whyNot } from './trouble-text.ts';

export interface RemoveChoice {
  readonly ssh: string | null;
  readonly yes: boolean;
  /** `--tunnel`; null where there is but one connector. */
  readonly tunnel: string | null;
  /** `--package`: cloudflared too. */
  readonly withPackage: boolean;
}

/** Takes a connector away. @returns the exit code. @throws UserError for what only the user can change */
export async function remove(choice: RemoveChoice, context: ConnectorContext): Promise<number> {
  const { io } = context;
  const machine = machineOf(choice.ssh, context);
  const facts = machineFacts(await machine.run({ text: LOOK_SCRIPT, root: false }));
  const there = facts.connectors.map(({ tunnelId }) => tunnelId);
  const tunnelId = chosen(choice, there);
  if (tunnelId === null) {
    io.out(`${block(io.page, `There is no connector on ${machine.label}: nothing to take away.`, 0)}\n`);
    return EXIT_DONE;
  }
  io.out(`${removePlanText(tunnelId, { label: machine.label, withPackage: choice.withPackage }, io.page)}\n`);
  if (!(await agreed(choice.yes, 'Do it now?', context))) return EXIT_NOT_ACHIEVED;
  const { text, achieved } = await takeAway(tunnelId, choice.withPackage, machine, context);
  (achieved ? io.out : io.err)(text);
  return achieved ? EXIT_DONE : EXIT_NOT_ACHIEVED;
}

/** The one that is meant; null where there is none at all. @throws UserError where it isn't clear */
function chosen({ tunnel }: RemoveChoice, there: readonly string[]): string | null {
  if (tunnel !== null) {
    const found = there.find((each) => each === tunnel.toLowerCase());
    if (found !== undefined || there.length === 0) return found ?? null;
    throw new UserError(`--tunnel "${tunnel}" has no connector there; expected one of: ${there.join(', ')}.`);
  }
  const [first, ...others] = there;
  if (others.length === 0) return first ?? null;
  throw new UserError(
    `There are ${there.length} connectors; expected --tunnel ID with one of: ${there.join(', ')}.`,
  );
}

/** @throws UserError where root can't be had */
export async function takeAway(
  tunnelId: string,
  withPackage: boolean,
  machine: Machine,
  context: ConnectorContext,
): Promise<{ readonly text: string; readonly achieved: boolean }> {
  const { page } = context.io;
  const answer = await machine.run({
    text: removeScript({ tunnelId, withPackage }),
    root: true,
    onLine: progress(context),
  });
  if (answer.failed !== null) {
    const why = whyNot(answer.failed, answer.log, machine.label);
    if (why.byUser) throw new UserError(why.text);
    const again = `Run it again:  reach4 connector remove${machine.flags}`;
    return {
      text: printable(`${block(page, why.text, 0)}\n${block(page, again, 0)}\n`, true),
      achieved: false,
    };
  }
  const removed = factOf(answer, 'removed') === 'yes';
  return { text: removedText(removed, factOf(answer, 'package'), machine.label, page), achieved: true };
}
