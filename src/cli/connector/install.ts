import { type Answer, factOf } from '../../connector/answer.ts';
import { connectorCompose, IMAGE_USER } from '../../connector/compose.ts';
import { type MachineFacts, machineFacts } from '../../connector/machine-facts.ts';
import { MIN_SYSTEMD } from '../../connector/names.ts';
import { installScript } from '../../connector/script/install.ts';
import { LOOK_SCRIPT } from '../../connector/script/look.ts';
import { UserError } from '../../model/error.ts';
import { printable } from '../../report/printable.ts';
import { type ConnectorContext, EXIT_DONE, EXIT_NOT_ACHIEVED } from './context.ts';
import { type Machine, machineOf } from './machine.ts';
import { dockerText, failureText, installedText, installPlanText, STEPS } from './text.ts';
import { chosenTunnel, type TunnelChoice, tunnelWithToken } from './token.ts';
import { leftBehind, whyNot } from './trouble-text.ts';

export interface InstallChoice extends TunnelChoice {
  readonly ssh: string | null;
  /** `--yes`: without the question. */
  readonly yes: boolean;
  /** Seconds until it gives up; default: the script's own. */
  readonly readyWithinS?: number;
}

/** Makes the connector of a tunnel. @returns the exit code. @throws UserError for what only the user can change */
export async function install(choice: InstallChoice, context: ConnectorContext): Promise<number> {
  const { io } = context;
  const machine = machineOf(choice.ssh, context);
  const { tunnelId, token, hostname } = await tunnelWithToken(choice, context);
  const facts = machineFacts(await machine.run({ text: LOOK_SCRIPT, root: false }));
  refuseMachine(facts, machine.label);
  io.out(`${installPlanText({ tunnelId, hostname, label: machine.label, facts }, io.page)}\n`);
  if (!(await agreed(choice.yes, 'Do it now?', context))) return EXIT_NOT_ACHIEVED;

  const answer = await machine.run({
    text: installScript({ tunnelId, ...patience(choice) }),
    root: true,
    input: `${token}\n`,
    onLine: progress(context),
  });
  if (answer.failed !== null) {
    const why = whyNot(answer.failed, answer.log, machine.label);
    if (why.byUser) throw new UserError(why.text);
    const left = leftBehind(answer.failed, factOf(answer, 'undone') === 'yes');
    io.err(printable(`\n${failureText(why, left, machine.flags, io.page)}`, true));
    return EXIT_NOT_ACHIEVED;
  }
  io.out(
    installedText({ ...(await told(answer, tunnelId, machine)), fromStack: hostname !== null }, io.page),
  );
  return EXIT_DONE;
}

const patience = ({ readyWithinS }: InstallChoice) => (readyWithinS === undefined ? {} : { readyWithinS });

/** The lines of a script as words, each once. */
export function progress({ io }: ConnectorContext): (line: { kind: string; rest: string }) => void {
  return ({ kind, rest }) => {
    if (kind === 'step' && STEPS[rest] !== undefined) io.out(`${STEPS[rest]}\n`);
  };
}

async function told(answer: Answer, tunnelId: string, machine: Machine) {
  const facts = machineFacts(await machine.run({ text: LOOK_SCRIPT, root: false }));
  return {
    changed: factOf(answer, 'changed') === 'yes',
    version: factOf(answer, 'version') ?? 'unknown',
    connections: facts.connectors.find((each) => each.tunnelId === tunnelId)?.connections ?? null,
    label: machine.label,
    flags: machine.flags,
  };
}

/** The same as a service of Docker Compose; prints it and changes nothing. */
export async function printDocker(choice: TunnelChoice, context: ConnectorContext): Promise<number> {
  const compose = connectorCompose(await chosenTunnel(choice, context));
  context.io.out(compose);
  context.io.err(`\n${dockerText(IMAGE_USER, context.io.page)}`);
  return EXIT_DONE;
}

/** Whether it may go on. @throws UserError where nobody can be asked */
export async function agreed(yes: boolean, question: string, { ask }: ConnectorContext): Promise<boolean> {
  if (yes) return true;
  if (ask !== undefined) return ask(question);
  throw new UserError('Nobody is here to be asked, and nothing was changed; expected --yes with it.');
}

/** What can be told before root is asked for. @throws UserError where it can't become a connector's machine */
function refuseMachine(facts: MachineFacts, label: string): void {
  const code =
    facts.system !== 'Linux'
      ? 'not-linux'
      : facts.systemd === null
        ? 'no-systemd'
        : facts.systemd < MIN_SYSTEMD
          ? 'old-systemd'
          : facts.cloudflared === null && facts.manager === null
            ? 'no-manager'
            : facts.cloudflared !== null && !facts.cloudflared.readsTokenFile
              ? 'old-program'
              : null;
  if (code === null) return;
  const { cloudflared, system, systemd } = facts;
  const detail = {
    'not-linux': system,
    'no-systemd': '',
    'old-systemd': `${systemd}`,
    'no-manager': '',
    'old-program': `${cloudflared?.version ?? 'unknown'} ${cloudflared?.program}`,
  }[code];
  throw new UserError(whyNot({ code, detail }, [], label).text);
}
