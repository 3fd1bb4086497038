import { join } from 'node:path';
import { noZoneSentence, openZone } from '../../cloud/cloudflare.ts';
import { UserError } from '../../model/error.ts';
import { type Flags, NEW_STACK, type StackSoFar } from '../../remedies/a-record/outcome.ts';
import { offerOf, planARecord } from '../../remedies/a-record.ts';
import { asTyped } from '../../report/page.ts';
import { readDiagnosis } from '../read-diagnosis.ts';
import { openStack, type Setting } from './automation.ts';
import { type Backend, chooseBackend, exportLine, prepareBackend } from './backend.ts';
import { configFile, forgetSalt, readPlan, writePlan } from './config-file.ts';
import type { StackContext } from './context.ts';
import { findEngine, HOW_TO_GET_PULUMI } from './engine.ts';
import { lookAtProject, type Project, stackName } from './project.ts';
import { refusalText } from './refusal-text.ts';
import { readSettings, type Settings, writeSettings } from './settings.ts';
import { stackSoFar } from './stack-state.ts';
import { planText } from './text.ts';

/** What `reach4 plan` is told. */
export interface PlanOptions extends Flags {
  /** `--diagnosis FILE`; without it, the last one of this folder. */
  readonly diagnosis: string | null;
  readonly stack: string | null;
  readonly backend: string | null;
  readonly passphraseFile: string | null;
}

const EXIT_DONE = 0;
const EXIT_NOT_ACHIEVED = 1;

/** Milliseconds: addresses and records are rarely the same for longer at a home line. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Turns the diagnosis into a stack: shows the plan, writes it into the stack's configuration, and makes the stack.
 * Changes nothing in DNS.
 * @returns the exit code
 * @throws UserError for what only the user can change: the token, the diagnosis, another project in the folder
 */
export async function plan(options: PlanOptions, context: StackContext): Promise<number> {
  const { ports, io, folder, env, signal } = context;
  if (options.leaveContent && options.ownContent) {
    throw new UserError('--leave-content and --own-content exclude each other; expected one of them.');
  }
  const diagnosis = await readDiagnosis(options.diagnosis, folder, ports.files);
  const name = stackName(options.stack, diagnosis.target.host);
  const project = await lookAtProject(folder, ports.files);
  const settings = await readSettings(folder, ports.files);
  const backend = chooseBackend({ ...options, env }, project, settings);
  const engine = await findEngine(folder, env, ports, signal);
  const setting = engine === null ? null : { folder, engine, backend, env };
  const stack = await soFar(name, setting, project, settings, context);

  const offer = offerOf(diagnosis);
  const owner = offer?.name ?? (stack.started ? stack.plan?.records[0]?.name : undefined);
  const world = { net: ports.net, clock: ports.clock, env };
  const inZone = owner === undefined ? null : await openZone(owner, world, signal);
  const now = ports.clock.now();
  const decision = planARecord({ diagnosis, inZone, flags: options, stack, stackName: name, now });
  const age = now.getTime() - Date.parse(diagnosis.madeAt);
  const staleHours = age > STALE_AFTER_MS ? Math.floor(age / 3_600_000) : null;
  if (!decision.ok) {
    const noZone = decision.refusals.some(({ code }) => code === 'no-zone') && owner !== undefined;
    const zoneSentence = noZone ? await noZoneSentence(owner, world, signal) : null;
    io.out(asTyped(io.page, refusalText(diagnosis.target, decision, { staleHours, zoneSentence }, io.page)));
    return EXIT_NOT_ACHIEVED;
  }
  const shown = { stack: name, diagnosis, decision, found: inZone?.addresses ?? [], staleHours };
  io.out(asTyped(io.page, planText(shown, io.page)));
  if (setting === null) {
    io.out(`\nNothing has been written or changed. ${HOW_TO_GET_PULUMI}\n`);
    return EXIT_NOT_ACHIEVED;
  }
  await makeStack(name, setting, project, settings, context);
  await writePlan(folder, name, decision.plan, ports.files);
  io.out(asTyped(io.page, nextSteps(name, backend)));
  return EXIT_DONE;
}

function nextSteps(name: string, backend: Backend): string {
  return [
    '',
    `Written to ${configFile(name)}; nothing has been changed in DNS. Next:  reach4 preview`,
    'Or with the literal pulumi (preview, up, destroy), after this line:',
    `  ${exportLine(backend)}`,
    '',
  ].join('\n');
}

/** What the stack has done so far. Nothing is made for the question. */
async function soFar(
  name: string,
  setting: Setting | null,
  project: Project,
  settings: Settings | null,
  context: StackContext,
): Promise<StackSoFar> {
  const { ports, privateFiles, folder } = context;
  const planned = await readPlan(folder, name, ports.files);
  if (setting === null || (settings === null && setting.backend.chosen === null))
    return { ...NEW_STACK, plan: planned };
  if (settings === null && planned === null) return NEW_STACK;
  await prepareBackend(setting.backend, project, settings !== null, { files: ports.files, privateFiles });
  // Without the project file the engine couldn't say, and what the stack made would be taken for somebody else's.
  if (project.pulumiYaml !== null) await ports.files.write(join(folder, 'Pulumi.yaml'), project.pulumiYaml);
  const stack = await openStack(setting, name, false);
  return stack === null ? { ...NEW_STACK, plan: planned } : stackSoFar(await stack.state(), planned);
}

async function makeStack(
  name: string,
  setting: Setting,
  project: Project,
  settings: Settings | null,
  { ports, privateFiles }: StackContext,
): Promise<void> {
  const { folder, backend } = setting;
  if (project.pulumiYaml !== null) await ports.files.write(join(folder, 'Pulumi.yaml'), project.pulumiYaml);
  const isNew = await prepareBackend(backend, project, settings !== null, {
    files: ports.files,
    privateFiles,
  });
  if (isNew) await forgetSalt(folder, name, ports.files);
  const { chosen, passphraseFile } = backend;
  await writeSettings(folder, { backend: chosen, passphraseFile, stack: name }, ports.files);
  await openStack(setting, name, true);
}
