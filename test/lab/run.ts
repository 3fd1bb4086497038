/** `npm run lab -- WORLD [--keep] [-- COMMAND…]`: one world, and the diagnosis (or the command) on its server. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { CAUSE_CODES } from '../../src/model/cause-code.ts';
import { UserError } from '../../src/model/error.ts';
import {
  AGENT_READY,
  agentCommand,
  diagnoseCommand,
  diagnoseEnv,
  targetOf,
  whyNotBuilt,
} from './commands.ts';
import { type RunningWorld, startWorld } from './lab.ts';
import { topologyOf } from './topology.ts';
import { WORLDS } from './worlds/index.ts';

/** Bytes; as many as the keys that the agent derives from it. */
const TOKEN_BYTES = 32;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(args: string[]): Promise<number> {
  const end = args.indexOf('--');
  const command = end === -1 ? [] : args.slice(end + 1);
  const own = end === -1 ? args : args.slice(0, end);
  const keep = own.includes('--keep');
  const [name, ...rest] = own.filter((arg) => arg !== '--keep');
  if (name === undefined) {
    for (const world of WORLDS.values()) console.log(`${world.name.padEnd(26)}${world.about}`);
    return 0;
  }
  const world = WORLDS.get(name);
  if (world === undefined || rest.length > 0) {
    const wrong = world === undefined ? `There is no world "${name}"` : `"${rest[0]}" isn't an option`;
    throw new UserError(`${wrong}: say one of ${[...WORLDS.keys()].join(', ')}, and --keep or not.`);
  }
  const notBuilt = whyNotBuilt();
  if (command.length === 0 && notBuilt !== undefined) throw new UserError(notBuilt);

  await using lab = await startWorld(world);
  console.log(`${introduction(lab)}\n`);
  const token = notBuilt === undefined ? await startAgent(lab) : undefined;
  const { exitCode } = await lab.exec(
    'server',
    command.length > 0 ? command : diagnoseCommand(lab.address('outside', 6), targetOf(world)),
    {
      terminal: true,
      ...(token === undefined ? {} : { env: diagnoseEnv(token) }),
    },
  );
  if (keep) await untilInterrupted(lab);
  return exitCode;
}

function introduction({ world, address }: RunningWorld): string {
  const { rootAgent, truth } = world.expect;
  const places = `server ${address('server', 4)}, ${address('server', 6)}; router ${address('router', 4)}`;
  const causes = truth.length === 0 ? 'no cause' : truth.join(', ');
  const expected = `${causes}; ${CAUSE_CODES.join(' ')}: ${rootAgent.verdicts}; IPv4 works: ${rootAgent.ipv4}`;
  return `${styleText('bold', world.name)}: ${world.about}\n${places}. Expected: ${expected}.`;
}

async function startAgent(lab: RunningWorld): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const file = join(lab.dir, 'agent.token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await lab.spawn('outside', agentCommand(lab.address('outside', 6), file)).waitFor(AGENT_READY);
  return token;
}

/** The signal's handler in `guard.ts` ends the process. */
async function untilInterrupted(lab: RunningWorld): Promise<void> {
  console.log(
    `\nThe world stays until Ctrl-C. Another terminal gets in with: ${lab.enter} HOST root COMMAND…`,
  );
  console.log(`Hosts: ${topologyOf(lab.world).hosts.join(', ')}.`);
  // A timer, because a promise alone keeps no process alive.
  await new Promise(() => setInterval(() => undefined, 3_600_000));
}
