import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Diagnosis, diagnosisSchema } from '../../src/model/diagnosis.ts';
import { AGENT_READY, agentCommand, diagnoseCommand, diagnoseEnv } from './commands.ts';
import { type RunningWorld, startWorld } from './lab.ts';
import { WORLDS } from './worlds/index.ts';

/** What a world's author expects, and what was found, in the same shape. */
const summary = (diagnosis: Diagnosis, exit: number) => ({
  dns: diagnosis.verdicts.find(({ cause }) => cause === 'dns')?.verdict,
  ...diagnosis.reachable,
  exit,
});

async function diagnose(lab: RunningWorld, command: string[], env: Record<string, string>) {
  const cwd = await mkdtemp(join(tmpdir(), 'reach4-diagnose-'));
  try {
    const { stdout, stderr, exitCode } = await lab.exec('server', [...command, '--json'], { env, cwd });
    const diagnosis = diagnosisSchema.safeParse(JSON.parse(stdout));
    if (!diagnosis.success) throw new Error(`no diagnosis: ${stderr}\n${diagnosis.error.message}`);
    return { diagnosis: diagnosis.data, exitCode, stderr };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** `--outside URL` and what follows from it taken away: what the server can see alone. */
const alone = (command: string[]): string[] =>
  command.filter((word, index) => word !== '--outside' && command[index - 1] !== '--outside');

describe.concurrent('worlds are judged as their authors expect', () => {
  test.each([...WORLDS.values()])('$name', async (world) => {
    await using lab = await startWorld(world);
    const command = diagnoseCommand(lab.address('outside', 6));

    const byItself = await diagnose(lab, alone(command), {});
    expect(summary(byItself.diagnosis, byItself.exitCode)).toEqual(world.expect.alone);
    expect(byItself.diagnosis.vantage).toBe('server');

    const token = randomBytes(32).toString('base64url');
    const file = join(lab.dir, 'agent.token');
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    const agent = lab.spawn('outside', agentCommand(lab.address('outside', 6), file));
    await agent.waitFor(AGENT_READY);
    const withAgent = await diagnose(lab, command, diagnoseEnv(token));
    expect(summary(withAgent.diagnosis, withAgent.exitCode)).toEqual(world.expect.withAgent);
    expect(JSON.stringify(withAgent.diagnosis) + withAgent.stderr + agent.output()).not.toContain(token);

    // Verdicts quote what exists, and nothing but a working public address is ever proposed.
    const ids = new Set(withAgent.diagnosis.evidence.map(({ id }) => id));
    for (const { evidence } of withAgent.diagnosis.verdicts)
      expect(evidence.every((id) => ids.has(id))).toBe(true);
    for (const { changes } of withAgent.diagnosis.remedies) {
      for (const { type, to } of changes)
        expect(to).toBe(type === 'A' ? lab.address('router', 4) : lab.address('server', 6));
    }
  });
});
