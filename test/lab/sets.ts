import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Diagnosis, diagnosisSchema } from '../../src/model/diagnosis.ts';
import { AGENT_READY, agentCommand, diagnoseCommand, diagnoseEnv, targetOf } from './commands.ts';
import type { EvidenceSet } from './expect.ts';
import type { RunningWorld } from './lab.ts';
import type { LabProcess } from './processes.ts';

/** The agent on the host outside, as root, so that it can trace by TCP. */
export interface LabAgent {
  readonly token: string;
  readonly process: LabProcess;
}

/** What one run of reach4 gave. */
export interface Found {
  readonly set: EvidenceSet;
  readonly diagnosis: Diagnosis;
  readonly exitCode: number;
  /** All it wrote. */
  readonly printed: string;
}

/** Bytes; as many as the keys that the agent derives from it. */
const TOKEN_BYTES = 32;
/** ms; a diagnosis of a dead path takes five seconds, and many of them share two cores. */
const TIMEOUT = 60_000;
/** Diagnoses at once, all worlds together: more on two cores, and the time-outs inside them are no longer true. */
const AT_ONCE = 4;
/** An ordinary user that every Linux has. */
const ORDINARY_USER = 'nobody';

const SETS: Record<EvidenceSet, { on: 'server' | 'outside' | 'laptop'; asRoot: boolean; agent: boolean }> = {
  rootAgent: { on: 'server', asRoot: true, agent: true },
  userAgent: { on: 'server', asRoot: false, agent: true },
  root: { on: 'server', asRoot: true, agent: false },
  user: { on: 'server', asRoot: false, agent: false },
  outside: { on: 'outside', asRoot: false, agent: false },
  lan: { on: 'laptop', asRoot: false, agent: true },
};

let running = 0;
const waiting: (() => void)[] = [];

/** Waits for its turn. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

export async function startAgent(lab: RunningWorld): Promise<LabAgent> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const file = join(lab.dir, 'agent.token');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  const process = lab.spawn('outside', agentCommand(lab.address('outside', 6), file));
  await process.waitFor(AGENT_READY);
  return { token, process };
}

/** Collects and judges one set of evidence. @throws if reach4 printed no diagnosis. */
export async function diagnose(
  lab: RunningWorld,
  agent: LabAgent,
  set: EvidenceSet,
  flags: readonly string[] = [],
): Promise<Found> {
  const { agent: withAgent, asRoot, on } = SETS[set];
  const command = diagnoseCommand(lab.address('outside', 6), targetOf(lab.world));
  const arguments_ = [
    ...(withAgent ? command : [...command.slice(0, command.indexOf('--outside')), '--outside', 'none']),
    ...(on === 'outside' ? ['--from', 'outside'] : []),
    ...flags,
    '--json',
  ];
  // Nobody may write here: that the diagnosis can't be kept is no reason to fail.
  const cwd = await mkdtemp(join(tmpdir(), 'reach4-diagnose-'));
  try {
    const { stdout, stderr, exitCode } = await inTurn(() =>
      lab.exec(on, arguments_, {
        cwd: asRoot ? cwd : '/',
        timeoutMs: TIMEOUT,
        ...(withAgent ? { env: diagnoseEnv(agent.token) } : {}),
        ...(asRoot ? {} : { asUser: ORDINARY_USER }),
      }),
    );
    const printed = stdout + stderr;
    const parsed = diagnosisSchema.safeParse(parse(stdout));
    if (!parsed.success) {
      throw new Error(
        `${lab.world.name} · ${set}: exit ${exitCode}, no diagnosis.\n${parsed.error.message}\n${printed}`,
      );
    }
    return { set, diagnosis: parsed.data, exitCode, printed };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
