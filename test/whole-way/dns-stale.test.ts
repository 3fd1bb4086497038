/** The whole way, in one world: a stale A, from the diagnosis to `up` and back; then the same with the literal pulumi. */
import { expect, test } from 'vitest';
import { diagnosisSchema } from '../../src/model/diagnosis.ts';
import { DEAD, HOME } from '../lab/addresses.ts';
import { WORLDS } from '../lab/worlds/index.ts';
import { stackText, startProject, TOKEN } from './project.ts';

const TIMEOUT_MS = 300_000;

function world() {
  const stale = WORLDS.get('dns-stale');
  if (stale === undefined) throw new Error('the world dns-stale is gone');
  return stale;
}

/** Requests that change the zone. */
const writes = (requests: { method: string; path: string }[]) =>
  requests.filter(({ method }) => method !== 'GET');

test('diagnose, plan, preview, up, up, verify, down', { timeout: TIMEOUT_MS }, async () => {
  await using project = await startProject(world());
  const before = { records: await project.records(), a: await project.dig('A') };
  expect(before.a).toEqual([DEAD.old4]);

  const diagnosed = await project.diagnose('--json');
  expect(diagnosed.exitCode, diagnosed.stderr).toBe(1);
  const diagnosis = diagnosisSchema.parse(JSON.parse(diagnosed.stdout));
  expect(diagnosis.verdicts.find(({ cause }) => cause === 'dns')?.verdict).toBe('confirmed');
  expect(diagnosis.remedies).toMatchObject([
    { remedy: 'a-record', changes: [{ type: 'A', from: [DEAD.old4], to: HOME.wan4 }] },
  ]);

  // A record of somebody else's: said, and not touched.
  const refused = await project.reach4('plan', '--remedy', 'a-record');
  expect(refused.exitCode).toBe(1);
  expect(refused.stdout).toContain(DEAD.old4);
  expect(refused.stdout).toContain('--adopt');

  const planned = await project.reach4('plan', '--yes', '--adopt');
  expect(planned.exitCode, planned.stdout + planned.stderr).toBe(0);
  expect(planned.stdout).toContain(HOME.wan4);
  expect(await stackText(project.folder)).toContain(HOME.wan4);
  expect(await project.records()).toEqual(before.records);

  const previewed = await project.reach4('preview');
  expect(previewed.exitCode, previewed.stdout + previewed.stderr).toBe(0);
  expect(previewed.stdout).toMatch(new RegExp(`${DEAD.old4}"? => "?${HOME.wan4}`, 'u'));
  expect(await project.records()).toEqual(before.records);

  const up = await project.reach4('up');
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  const afterUp = await project.records();
  expect(JSON.stringify(afterUp)).toContain(HOME.wan4);
  expect(JSON.stringify(afterUp)).not.toContain(DEAD.old4);

  const writesSoFar = writes(await project.requests()).length;
  const again = await project.reach4('up');
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  expect(again.stdout).toMatch(/\d+ unchanged/u);
  expect(again.stdout).not.toMatch(/\d+ (?:created|updated|deleted|imported)/u);
  expect(await project.records()).toEqual(afterUp);
  // The preflight tries one request that can't be valid; nothing else is sent.
  expect(
    writes(await project.requests())
      .slice(writesSoFar)
      .map(({ method }) => method),
  ).toEqual(['POST']);

  // The lab's resolver may still keep the old answer: the zone's own servers are what counts, and they are asked first.
  const verified = await project.verify('--json');
  expect(JSON.parse(verified.stdout), verified.stderr).toMatchObject({
    checks: expect.arrayContaining([expect.objectContaining({ code: 'zone-says', state: 'holds' })]),
  });
  expect(verified.exitCode, verified.stdout).toBe(0);

  const down = await project.reach4('down');
  expect(down.exitCode, down.stdout + down.stderr).toBe(0);
  expect(withoutDates(await project.records())).toEqual(withoutDates(before.records));

  const left = (await project.leftText()) + project.printed();
  expect(left).not.toContain(TOKEN);
});

test('the same with the literal pulumi', { timeout: TIMEOUT_MS }, async () => {
  await using project = await startProject(world());
  const before = await project.records();
  expect((await project.diagnose()).exitCode).toBe(1);
  expect((await project.reach4('plan', '--remedy', 'a-record', '--adopt')).exitCode).toBe(0);

  const preview = await project.pulumi('preview', '--diff');
  expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
  expect(preview.stdout).toContain(HOME.wan4);

  const up = await project.pulumi('up', '--yes');
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  const again = await project.pulumi('up', '--yes', '--expect-no-changes');
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);

  const verified = await project.verify();
  expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);
  expect(verified.stdout).toContain('Verified');

  const destroyed = await project.pulumi('destroy', '--yes');
  expect(destroyed.exitCode, destroyed.stdout + destroyed.stderr).toBe(0);
  expect(withoutDates(await project.records())).toEqual(withoutDates(before));
});

/** Records as their owner wrote them: when they were last written is the only thing that can't come back. */
function withoutDates(records: unknown): unknown {
  return JSON.parse(
    JSON.stringify(records, (key, value: unknown) => (key.endsWith('_on') ? undefined : value)),
  );
}
