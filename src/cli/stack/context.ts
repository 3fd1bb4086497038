import { UserError } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import type { PrivateFiles } from '../../ports/node/private-file.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Io } from '../io.ts';
import type { Setting } from './automation.ts';
import { chooseBackend, prepareBackend } from './backend.ts';
import { configFile, readPlan } from './config-file.ts';
import { type Env, findEngine, HOW_TO_GET_PULUMI } from './engine.ts';
import { lookAtProject, stackName } from './project.ts';
import { readSettings } from './settings.ts';

/** One of several that the user chooses from. */
export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

/** What the commands on stacks are given. */
export interface StackContext {
  readonly ports: Ports;
  readonly privateFiles: PrivateFiles;
  readonly io: Io;
  /** The folder that the command was started in: the project's. */
  readonly folder: string;
  readonly env: Env;
  /** Aborted when the user or the system asks to stop. */
  readonly signal: AbortSignal;
  /** Asks the user for a yes; absent where nobody is there to ask. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Lets the user choose one of several, the first unless said otherwise; null where they break off. Absent as `ask` is. */
  readonly choose?: (question: string, options: readonly Option[]) => Promise<string | null>;
}

export interface StackChoice {
  /** `--stack`; without it, the one that was planned last. */
  readonly stack: string | null;
}

export interface PlannedStack {
  readonly setting: Setting;
  readonly stack: string;
  readonly plan: Plan;
}

/** The plan that the folder holds, without the engine. @throws UserError where there is none */
export async function currentPlan(
  choice: StackChoice,
  { folder, ports }: Pick<StackContext, 'folder' | 'ports'>,
): Promise<{ readonly stack: string; readonly plan: Plan }> {
  const settings = await readSettings(folder, ports.files);
  const stack = choice.stack === null ? (settings?.stack ?? null) : stackName(choice.stack, '');
  if (stack === null) {
    throw new UserError(
      `There is no plan in ${folder}; expected the folder where \`reach4 plan\` was run, or run it first.`,
    );
  }
  const plan = await readPlan(folder, stack, ports.files);
  if (plan === null) {
    throw new UserError(
      `There is no plan in ${configFile(stack)}; expected a stack that \`reach4 plan\` has written.`,
    );
  }
  return { stack, plan };
}

/** A planned stack and all that `pulumi` needs to work on it. @throws UserError where something is missing */
export async function plannedStack(choice: StackChoice, context: StackContext): Promise<PlannedStack> {
  const { stack, plan } = await currentPlan(choice, context);
  return { setting: await openSetting(context), stack, plan };
}

/** The engine and the backend of a folder that has been planned in. @throws UserError where something is missing */
export async function openSetting(context: StackContext): Promise<Setting> {
  const { folder, ports, env, signal } = context;
  const settings = await readSettings(folder, ports.files);
  if (settings === null) {
    throw new UserError(
      `Nothing is planned in ${folder}; expected the folder where \`reach4 plan\` was run, or run it first.`,
    );
  }
  const project = await lookAtProject(folder, ports.files);
  const engine = await findEngine(folder, env, ports, signal);
  if (engine === null) throw new UserError(HOW_TO_GET_PULUMI);
  const backend = chooseBackend({ backend: null, passphraseFile: null, env }, project, settings);
  await prepareBackend(backend, project, true, { files: ports.files, privateFiles: context.privateFiles });
  return { folder, engine, backend, env };
}
