/** A server without Node: its printed script, run there by plain shells, and judged elsewhere. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/model/cause-code.ts';
import { type Diagnosis, diagnosisSchema } from '../../src/model/diagnosis.ts';
import { reach4Command, targetOf } from './commands.ts';
import { falsehoods, foundLetter, missingEvidence } from './judged.ts';
import { type RunningWorld, startWorld } from './lab.ts';
import { diagnose, startAgent } from './sets.ts';
import { WORLDS } from './worlds/index.ts';

/** ms; a world and four diagnoses. */
const TIMEOUT = 120_000;

/** Runs reach4 on a host, as an ordinary user. */
async function reach4(
  lab: RunningWorld,
  host: 'outside' | 'laptop',
  args: readonly string[],
): Promise<string> {
  const { stdout, stderr, exitCode } = await lab.exec(host, reach4Command(args), {
    cwd: '/',
    asUser: 'nobody',
    timeoutMs: TIMEOUT,
  });
  if (exitCode === 2 || exitCode === 70) throw new Error(stderr);
  return stdout;
}

const confirmed = (diagnosis: Diagnosis): string[] =>
  CAUSE_CODES.filter((code) => foundLetter(diagnosis, code) === 'C');

const WORLDS_AND_SHELLS = [
  ['firewall-nft-drop', ['dash']],
  ['listener-v6only', ['busybox', 'sh']],
  ['listener-docker-ipv6-only', ['bash']],
  ['firewall-listener', ['dash']],
] as const;

test.concurrent.each(WORLDS_AND_SHELLS)(
  '%s: the same causes as of the live diagnosis',
  { timeout: TIMEOUT, retry: 1 },
  async (name, shell) => {
    const world = WORLDS.get(name);
    if (world === undefined) throw new Error(`There is no world ${name}.`);
    await using lab = await startWorld(world);
    const target = targetOf(world);
    const live = await diagnose(lab, await startAgent(lab), 'rootAgent');

    const script = await reach4(lab, 'laptop', ['collect', target, '--script', 'linux']);
    const { stdout } = await lab.exec('server', shell, { input: script });
    const seen = join(lab.dir, 'seen.txt');
    await writeFile(seen, stdout);
    const outside = join(lab.dir, 'outside.json');
    await writeFile(outside, await reach4(lab, 'outside', ['collect', target, '--from', 'outside']));

    const judged = async (args: readonly string[]): Promise<Diagnosis> =>
      diagnosisSchema.parse(JSON.parse(await reach4(lab, 'outside', ['diagnose', ...args, '--json'])));
    const files = await judged(['--evidence', seen, '--evidence', outside]);
    const looking = await judged([target, '--from', 'outside', '--evidence', seen]);
    for (const diagnosis of [files, looking]) {
      expect(confirmed(diagnosis)).toEqual(confirmed(live.diagnosis));
      expect(confirmed(diagnosis)).toEqual([...world.expect.truth]);
      expect(falsehoods(world.expect.truth, diagnosis)).toEqual([]);
      expect(missingEvidence(diagnosis)).toEqual([]);
      expect(diagnosis.reachable).toEqual(live.diagnosis.reachable);
    }
    // The name was looked up there, by the server's own resolver.
    const lookUp = files.evidence.find(({ probe, vantage }) => probe === 'os-lookup' && vantage === 'server');
    expect(lookUp).toMatchObject({ status: 'ok' });
  },
);

test('as an ordinary user, the script lacks what that user may not see, and says so', {
  timeout: TIMEOUT,
}, async () => {
  const world = WORLDS.get('firewall-nft-drop');
  if (world === undefined) throw new Error('There is no such world.');
  await using lab = await startWorld(world);
  const target = targetOf(world);
  const script = await reach4(lab, 'laptop', ['collect', target, '--script', 'linux']);
  const { stdout } = await lab.exec('server', ['dash'], { input: script, asUser: 'nobody', cwd: '/' });
  const seen = join(lab.dir, 'seen.txt');
  await writeFile(seen, stdout);
  const diagnosis = diagnosisSchema.parse(
    JSON.parse(
      await reach4(lab, 'outside', ['diagnose', target, '--from', 'outside', '--evidence', seen, '--json']),
    ),
  );
  expect(confirmed(diagnosis)).toEqual([]);
  expect(falsehoods(world.expect.truth, diagnosis)).toEqual([]);
  expect(diagnosis.evidence.find(({ probe }) => probe === 'firewall')).toMatchObject({
    vantage: 'server',
    status: 'failed',
    reason: { code: 'no-privilege' },
  });
});
