import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIAGNOSIS_FILE } from '../../src/cli/places.ts';
import { diagnosisSchema } from '../../src/model/diagnosis.ts';
import { diagnoseCommand, diagnoseEnv, NODE, targetOf } from '../../test/lab/commands.ts';
import { differences } from '../../test/lab/judged.ts';
import type { RunningWorld } from '../../test/lab/lab.ts';
import type { LabAgent } from '../../test/lab/sets.ts';
import { type Timed, timed } from './timed.ts';

/** A full diagnosis on the server as root with the agent outside, and which probe ended last. */
export interface DiagnosisRun extends Timed {
  /** From the first probe's start to the last one's end, s: the diagnosis without start, judgement and print. */
  readonly probing: number;
  readonly last: string;
  /** What differs from what the world's author expects, a line each: the time of a wrong diagnosis is worth little. */
  readonly mistakes: readonly string[];
}

export async function diagnose(lab: RunningWorld, agent: LabAgent): Promise<DiagnosisRun> {
  // What reach4 keeps goes with the world.
  const cwd = await mkdtemp(join(lab.dir, 'kept-'));
  const command = diagnoseCommand(lab.address('outside', 6), targetOf(lab.world));
  const ran = await timed(lab, 'server', command, { cwd, env: diagnoseEnv(agent.token) });
  const kept = await readFile(join(cwd, DIAGNOSIS_FILE), 'utf8').catch(() => {
    throw new Error(`reach4 kept no diagnosis of ${lab.world.name}.\n${ran.stdout}${ran.stderr}`);
  });
  const diagnosis = diagnosisSchema.parse(JSON.parse(kept));
  // Where this machine stands is concluded when all else has ended.
  const probes = diagnosis.evidence
    .filter(({ probe }) => probe !== 'vantage')
    .map(({ at, id, ms }) => ({ id, from: Date.parse(at), to: Date.parse(at) + ms }))
    .sort((one, other) => other.to - one.to);
  const begin = Math.min(...probes.map(({ from }) => from));
  const found = { set: 'rootAgent', diagnosis, exitCode: ran.exitCode, printed: ran.stdout } as const;
  return {
    ...ran,
    probing: ((probes[0]?.to ?? begin) - begin) / 1000,
    last: probes[0]?.id ?? 'none',
    mistakes: differences(lab.world.expect.rootAgent, found),
  };
}

/** The start of the process alone: `reach4 --version` loads what every command loads, `node -e 0` nothing. */
export const start = async (lab: RunningWorld): Promise<{ reach4: Timed; node: Timed }> => {
  const [node = NODE, bin = ''] = diagnoseCommand(lab.address('outside', 6));
  return {
    reach4: await timed(lab, 'server', [node, bin, '--version']),
    node: await timed(lab, 'server', [node, '-e', '0']),
  };
};
