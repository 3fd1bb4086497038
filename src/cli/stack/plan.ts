import { join } from 'node:path';
import { UserError } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import { asTyped, block } from '../../report/page.ts';
import { readDiagnosis } from '../read-diagnosis.ts';
import { openStack, type Setting } from './automation.ts';
import { type Backend, chooseBackend, exportLine, prepareBackend } from './backend.ts';
import { settleRemedy } from './choose.ts';
import { configFile, forgetSalt, readPlans, writePlans } from './config-file.ts';
import type { StackContext } from './context.ts';
import { findEngine, HOW_TO_GET_PULUMI } from './engine.ts';
import { heldNames } from './name-state.ts';
import type { PlanOptions } from './plan-options.ts';
import { lookAtProject, type Project, stackName } from './project.ts';
import { stackRemedy } from './remedies.ts';
import { readSettings, type Settings, writeSettings } from './settings.ts';
import { isOneNameAtCloudflare, upWith } from './up-with.ts';

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
  const diagnosis = await readDiagnosis(options.diagnosis, folder, ports.files);
  const name = stackName(options.stack, diagnosis.target.host);
  const project = await lookAtProject(folder, ports.files);
  const settings = await readSettings(folder, ports.files);
  const backend = chooseBackend({ ...options, env }, project, settings);
  const engine = await findEngine(folder, env, ports, signal);
  const setting = engine === null ? null : { folder, engine, backend, env };
  const { plan: configured, before } = await readPlans(folder, name, ports.files);
  const deployment = await deploymentSoFar(name, setting, configured !== null, project, settings, context);
  const now = upWith(deployment, configured?.remedy ?? null);
  // A change that is planned and not made yet stays planned.
  const kept = now === null ? null : (configured?.remedy ?? now);
  const remedy = await settleRemedy({ diagnosis, options, upWith: kept }, context);
  if (remedy === null) return EXIT_NOT_ACHIEVED;
  // Who changes their mind before `up` gets the plan back that the stack is up with.
  const upAs = [configured, before].find((each) => each?.remedy === now) ?? null;
  const earlier = remedy === now ? (upAs ?? configured) : configured;
  const isSwitch = now !== null && now !== remedy;
  if (now === 'relay' && remedy === 'tunnel') throw new UserError(fromRelayToTunnel(name));
  if (isSwitch && !(isOneNameAtCloudflare(deployment) && SWITCHABLE.includes(remedy))) {
    throw new UserError(
      `The stack ${name} is up with ${now}, which can't become ${remedy} in one step; take it down first (reach4 down --stack ${name}), or plan ${remedy} as another stack (--stack NAME).`,
    );
  }

  const at = ports.clock.now();
  const age = at.getTime() - Date.parse(diagnosis.madeAt);
  const staleHours = age > STALE_AFTER_MS ? Math.floor(age / 3_600_000) : null;
  const planning = { diagnosis, staleHours, stackName: name, earlier, deployment, options, now: at };
  const planned = await stackRemedy(remedy).plan(planning, context);
  // Text that is asked for alone is for another program.
  io.out(planned.ok && planned.plan === null ? planned.text : asTyped(io.page, planned.text));
  if (!planned.ok) return EXIT_NOT_ACHIEVED;
  if (planned.plan === null) return EXIT_DONE;
  if (setting === null) {
    io.out(`\nNothing has been written or changed. ${HOW_TO_GET_PULUMI}\n`);
    return EXIT_NOT_ACHIEVED;
  }
  if (isSwitch) {
    if (!isAtCloudflare(planned.plan)) {
      throw new UserError(
        `The stack ${name} is up with ${now}, whose records are at Cloudflare, and this plan's are not; take it down first (reach4 down --stack ${name}).`,
      );
    }
    io.out(`\n${block(io.page, switchSentence(now, remedy, otherNames(deployment, planned.plan)), 0)}\n`);
  }
  await makeStack(name, setting, project, settings, context);
  await writePlans(folder, name, { plan: planned.plan, before: isSwitch ? upAs : null }, ports.files);
  io.out(asTyped(io.page, nextSteps(name, backend)));
  return EXIT_DONE;
}

/** Remedies whose records of a name are one resource at Cloudflare, so that one becomes another in one request. */
const SWITCHABLE: readonly Plan['remedy'][] = ['edge-proxy', 'tunnel', 'relay'];

/** A tunnel's `up` ends before there is a connector, and by then the relay's host would be gone. */
const fromRelayToTunnel = (name: string): string =>
  `The stack ${name} is up with relay, which would go before a connector leads the name to the tunnel; plan edge-proxy first (reach4 plan --remedy edge-proxy, reach4 up), then the tunnel, or take it down (reach4 down --stack ${name}).`;

/** Names beside the plan's that the stack has records of: a relay may serve several. */
const otherNames = (deployment: unknown, plan: Plan): string[] => {
  const planned = plan.remedy === 'relay' ? plan.dns.records.map(({ name }) => name) : [plan.target.host];
  return heldNames(deployment).filter((name) => !planned.includes(name));
};

const switchSentence = (now: string, next: string, others: readonly string[]): string =>
  [
    `The stack is up with ${now}; reach4 up makes it ${next}. What was there before the stack is kept, and IPv6 goes on meanwhile.`,
    ...(others.length === 0
      ? []
      : [
          `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} no part of the new plan: what was there before the stack comes back.`,
        ]),
  ].join(' ');

const isAtCloudflare = (plan: Plan): boolean => plan.remedy !== 'relay' || plan.dns.provider === 'cloudflare';

function nextSteps(name: string, backend: Backend): string {
  return [
    '',
    `Written to ${configFile(name)}; nothing has been changed in DNS. Next:  reach4 preview`,
    'Or with the literal pulumi (preview, up, destroy), after this line:',
    `  ${exportLine(backend)}`,
    '',
  ].join('\n');
}

/** The stack's state; null where there is none. Nothing is made for the question. */
async function deploymentSoFar(
  name: string,
  setting: Setting | null,
  isPlanned: boolean,
  project: Project,
  settings: Settings | null,
  context: StackContext,
): Promise<unknown> {
  const { ports, privateFiles, folder } = context;
  if (setting === null || (settings === null && (setting.backend.chosen === null || !isPlanned))) return null;
  await prepareBackend(setting.backend, project, settings !== null, { files: ports.files, privateFiles });
  // Without the project file the engine couldn't say, and what the stack made would be taken for somebody else's.
  if (project.pulumiYaml !== null) await ports.files.write(join(folder, 'Pulumi.yaml'), project.pulumiYaml);
  const stack = await openStack(setting, name, false);
  return stack === null ? null : stack.state();
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
