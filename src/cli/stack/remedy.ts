import type { Diagnosis } from '../../model/diagnosis.ts';
import type { Plan } from '../../model/plan.ts';
import type { Status, StatusLooks } from '../status/status.ts';
import type { Promised } from '../verify/check.ts';
import type { StackContext } from './context.ts';
import type { PlanOptions } from './plan-options.ts';

export type Action = 'preview' | 'up' | 'down';

/** What a plan is made of. */
export interface Planning {
  readonly diagnosis: Diagnosis;
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
  readonly stackName: string;
  /** The plan that the stack's configuration holds; of any remedy. */
  readonly earlier: Plan | null;
  /** The stack's state as `pulumi stack export` gives it; null where there is none. */
  readonly deployment: unknown;
  readonly options: PlanOptions;
  readonly now: Date;
}

/** A plan and what a person should know of it, or why there is none. */
export type Planned<P extends Plan> =
  /** Without a plan, the text alone was asked for: nothing is written. */
  | { readonly ok: true; readonly plan: P | null; readonly text: string }
  | { readonly ok: false; readonly text: string };

/** What was done once a stack was down, beyond what Pulumi does. */
export interface AfterDown {
  readonly text: string;
  readonly achieved: boolean;
}

/** What the stack commands know of a remedy. */
export interface StackRemedy<P extends Plan> {
  /** Changes nothing. @throws UserError for what only the user can change: credentials, flags */
  plan(planning: Planning, context: StackContext): Promise<Planned<P>>;
  /** Makes sure, before the engine starts, that it may do what is planned. @throws UserError where it may not */
  checkAccess(plan: P, context: StackContext): Promise<void>;
  /** Two lines above Pulumi's own output: what visitors will notice, and what it costs. */
  heading(action: Action, plan: P): string;
  /**
   * What was achieved, and what to type next; a command that is long stands on a line of its own, indented.
   * @param before the stack's state as it was
   * @param state the stack's state afterwards, where it is needed for that
   */
  afterwards(
    action: Action,
    plan: P,
    before: unknown,
    state: () => Promise<unknown>,
  ): string | Promise<string>;
  /** What must hold once it is up. @throws UserError where only the stack's state can say, and it can't be read */
  promised(plan: P, stack: string, context: StackContext): Promise<Promised>;
  /** How what is up does now. Changes nothing. */
  status(plan: P, deployment: unknown, looks: StatusLooks, context: StackContext): Promise<Status>;
  /** URNs of the hosts in a stack's state, which `up --rebuild` replaces; absent where a remedy has none. */
  readonly hostsIn?: (deployment: unknown) => readonly string[];
  /** What goes with the stack beyond Pulumi; `before` is its state as it was. Null: there was nothing. */
  readonly afterDown?: (before: unknown, context: StackContext) => Promise<AfterDown | null>;
}
