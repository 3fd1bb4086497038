/**
 * Files alone, from two machines: a Windows server's script, and a look by an agent that a laptop beside it asked for.
 * The network, the name servers and the agent are the lab's. What Windows prints is derived, not captured: the fixtures of
 * test/probes/windows say from what. Their machine has the addresses of the lab's server, and the same fault.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookScript } from '../../src/collect/script.ts';
import { type Diagnosis, diagnosisSchema } from '../../src/model/diagnosis.ts';
import { parseTarget } from '../../src/model/target.ts';
import { printedBy, READING, SAYS } from '../collect/windows-script.ts';
import { agentUrl, diagnoseEnv, reach4Command, targetOf } from './commands.ts';
import { falsehoods, missingEvidence, rowOf } from './judged.ts';
import { startWorld } from './lab.ts';
import { diagnose, startAgent } from './sets.ts';
import { WORLDS } from './worlds/index.ts';

/** ms; a world and three diagnoses. */
const TIMEOUT = 120_000;

const confirmed = ({ verdicts }: Diagnosis): string[] =>
  verdicts.flatMap(({ cause, verdict }) => (verdict === 'confirmed' ? [cause] : []));

test.each([
  ['firewall-nft-drop', 'server2022-en-drops-ipv4.txt', 'windows-firewall'],
  ['listener-v6only', 'windows10-fr-v6only.txt', null],
] as const)(
  '%s, on Windows: the same cause as of the live diagnosis',
  {
    timeout: TIMEOUT,
    retry: 1,
  },
  async (name, reading, software) => {
    const world = WORLDS.get(name);
    if (world === undefined) throw new Error(`There is no world ${name}.`);
    await using lab = await startWorld(world);
    const target = targetOf(world);
    const agent = await startAgent(lab);
    const live = await diagnose(lab, agent, 'rootAgent');

    const script = lookScript('windows', parseTarget(target), { vantage: 'server', whoami: [] });
    const date = [new Date().toISOString().replace(/\.\d+Z$/u, 'Z')];
    const seen = join(lab.dir, 'seen.txt');
    // As Windows PowerShell's `>` writes it.
    const printed = printedBy(script, { ...SAYS, date, powershell: READING(reading) });
    await writeFile(seen, Buffer.from(`\uFEFF${printed}`, 'utf16le'));

    const run = async (args: readonly string[]): Promise<string> => {
      const { stdout, stderr, exitCode } = await lab.exec('laptop', reach4Command(args), {
        cwd: '/',
        asUser: 'nobody',
        timeoutMs: TIMEOUT,
        env: diagnoseEnv(agent.token),
      });
      if (exitCode === 2 || exitCode === 70) throw new Error(stderr);
      return stdout;
    };
    const laptop = join(lab.dir, 'laptop.json');
    await writeFile(laptop, await run(['collect', target, '--outside', agentUrl(lab.address('outside', 6))]));

    const files = ['--evidence', seen, '--evidence', laptop];
    const diagnosis = diagnosisSchema.parse(JSON.parse(await run(['diagnose', ...files, '--json'])));
    expect(confirmed(diagnosis)).toEqual([...world.expect.truth]);
    expect(confirmed(diagnosis), rowOf(live.diagnosis)).toEqual(confirmed(live.diagnosis));
    expect(falsehoods(world.expect.truth, diagnosis)).toEqual([]);
    expect(missingEvidence(diagnosis)).toEqual([]);
    expect(diagnosis.reachable).toEqual(live.diagnosis.reachable);
    const of = (probe: string) => diagnosis.evidence.filter((item) => item.probe === probe);
    expect(of('system').find(({ vantage }) => vantage === 'server')).toMatchObject({
      facts: { system: 'windows' },
    });
    if (software === null) return;
    const blocks = diagnosis.verdicts.flatMap(({ because }) => because);
    expect(blocks).toContainEqual(
      expect.objectContaining({ code: 'firewall-blocks', args: expect.objectContaining({ software }) }),
    );
  },
);
