import { hostname } from 'node:os';
import { UserError } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import { isAlive } from '../../ports/node/alive.ts';
import { asTyped, block, type Page } from '../../report/page.ts';
import { type AutomatedStack, type Operation, type Outcome, openStack } from './automation.ts';
import { plannedStack, type StackChoice, type StackContext } from './context.ts';
import { isStarted } from './deployment.ts';
import { otherAfterwards, otherHeading } from './down-text.ts';
import { passOnInterrupts } from './interrupt.ts';
import { PLANNABLE, stackRemedy } from './remedies.ts';
import type { Action, AfterDown } from './remedy.ts';
import { deadLockHolders } from './stale-lock.ts';
import { upWith } from './up-with.ts';

const EXIT_DONE = 0;
const EXIT_NOT_ACHIEVED = 1;

/** Where somebody may be at work: on this machine, or on another. */
const LOCKED =
  'the stack is locked: another command works on it, or one was killed on another machine. If none is running:  reach4 pulumi -- cancel --yes, and then the command again';

const RUN: Record<Action, (stack: AutomatedStack, operation: Operation) => Promise<Outcome>> = {
  preview: (stack, operation) => stack.preview(operation),
  up: (stack, operation) => stack.up(operation),
  down: (stack, operation) => stack.down(operation),
};

export interface Choice extends StackChoice {
  /** `--rebuild`: make the host anew. */
  readonly rebuild?: boolean;
}

/** Shows what `up` would do. @returns the exit code. @throws UserError for what only the user can change */
export const preview = (choice: Choice, context: StackContext): Promise<number> =>
  provision('preview', choice, context);

/** Does what is planned. @returns the exit code. @throws UserError for what only the user can change */
export const up = (choice: Choice, context: StackContext): Promise<number> =>
  provision('up', choice, context);

/** Takes it down again. @returns the exit code. @throws UserError for what only the user can change */
export const down = (choice: StackChoice, context: StackContext): Promise<number> =>
  provision('down', choice, context);

async function provision(action: Action, choice: Choice, context: StackContext): Promise<number> {
  const { io } = context;
  const { setting, stack: name, plan } = await plannedStack(choice, context);
  const remedy = stackRemedy(plan.remedy);
  if (action !== 'down') await remedy.checkAccess(plan, context);
  const stack = await openStack(setting, name, false);
  if (stack === null) {
    io.err(`reach4: ${setting.backend.url} holds no stack ${name}; make it with \`reach4 plan\`.\n`);
    return EXIT_NOT_ACHIEVED;
  }
  const rebuild = choice.rebuild === true;
  // A preview needs it for nothing else: reading it takes the engine a while.
  const before = action === 'preview' && !rebuild ? null : await stack.state();
  if (action === 'down' && !isStarted(before)) {
    io.out('Nothing is up: there is nothing to take down.\n');
    return EXIT_DONE;
  }
  // What goes is what is up, which may be of another remedy than the plan; then the engine itself says what it lacks.
  const other = action === 'down' ? otherThan(plan.remedy, before) : null;
  if (action === 'down' && other === null) await remedy.checkAccess(plan, context);
  const replace = rebuild ? hostsToReplace(remedy, before) : [];
  const heading = other === null ? remedy.heading(action, plan) : otherHeading(other);
  io.out(`${onPage(io.page, heading)}\n\n`);
  const { outcome, interrupted } = await carryOut(action, stack, replace, context);
  if (outcome.ok) {
    const said =
      other === null
        ? await remedy.afterwards(action, plan, before, () => stack.state())
        : otherAfterwards(other, plan.remedy);
    io.out(`\n${onPage(io.page, said)}\n`);
    const more = await gone(action, plan.remedy, before, context);
    if (more !== null) (more.achieved ? io.out : io.err)(`\n${more.text}`);
    return more?.achieved === false ? EXIT_NOT_ACHIEVED : EXIT_DONE;
  }
  if (outcome.why === 'locked') io.err(`reach4: ${LOCKED}\n`);
  else if (interrupted) {
    io.err(`reach4: ${action} was interrupted; run it again to go on where it stopped.\n`);
  } else {
    io.err(`reach4: ${action} did not finish: ${outcome.said}\n`);
    if (action === 'up' && !rebuild && (await wantsRebuild(outcome.said, context))) {
      return provision('up', { ...choice, rebuild: true }, context);
    }
  }
  return EXIT_NOT_ACHIEVED;
}

/** What a stack is up with, where that isn't what is planned; else null. */
function otherThan(planned: Plan['remedy'], before: unknown): Plan['remedy'] | null {
  const found = upWith(before, planned);
  return found === planned ? null : found;
}

/** What goes beyond Pulumi with a stack that went down, or with the remedy that it was before. Null where nothing does. */
async function gone(
  action: Action,
  now: Plan['remedy'],
  before: unknown,
  context: StackContext,
): Promise<AfterDown | null> {
  if (action === 'preview') return null;
  for (const code of PLANNABLE.filter((each) => action === 'down' || each !== now)) {
    const done = await stackRemedy(code).afterDown?.(before, context);
    if (done != null) return done;
  }
  return null;
}

/** Text fits the reader's screen; a command on a line of its own, which is indented, stays whole to be copied. */
const onPage = (page: Page, text: string): string =>
  text
    .split('\n')
    .map((line) => (line.startsWith(' ') ? asTyped(page, line) : block(page, line, 0)))
    .join('\n');

/** A host that doesn't forward may do so when it is built anew: the message names the command, and here it is offered. */
const wantsRebuild = async (said: string, { ask }: StackContext): Promise<boolean> =>
  said.includes('up --rebuild') &&
  ask !== undefined &&
  (await ask('The address stays where it is. Build the new host anew now?'));

async function carryOut(
  action: Action,
  stack: AutomatedStack,
  replace: readonly string[],
  { io, signal }: StackContext,
): Promise<{ readonly outcome: Outcome; readonly interrupted: boolean }> {
  const interruption = passOnInterrupts();
  try {
    const either = AbortSignal.any([signal, interruption.signal]);
    const operation = { onOutput: io.out, color: io.page.color, signal: either, replace };
    const run = () => RUN[action](stack, operation);
    let outcome = await run();
    if (!outcome.ok && outcome.why === 'locked' && (await unlocked(stack, outcome.said, io))) {
      outcome = await run();
    }
    return { outcome, interrupted: signal.aborted || interruption.happened };
  } finally {
    interruption.stop();
  }
}

/** @throws UserError where there is none */
function hostsToReplace({ hostsIn }: ReturnType<typeof stackRemedy>, state: unknown): readonly string[] {
  const hosts = hostsIn?.(state) ?? [];
  if (hosts.length > 0) return hosts;
  throw new UserError(
    `--rebuild makes a relay's host anew, and this stack has ${hostsIn === undefined ? 'no relay' : 'none yet'}; expected \`reach4 up\` alone.`,
  );
}

/** A command that was killed leaves its lock: it is taken away where nobody can be at work any more. */
async function unlocked(stack: AutomatedStack, said: string, io: StackContext['io']): Promise<boolean> {
  const holders = deadLockHolders(said, { hostName: hostname(), isAlive });
  if (holders === null) return false;
  await stack.unlock();
  io.out(
    `The stack was locked by a command that was killed (process ${holders.join(', ')}, which is gone); its lock is removed.\n\n`,
  );
  return true;
}
