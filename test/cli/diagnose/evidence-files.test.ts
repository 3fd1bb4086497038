import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_BYTES, parseEvidence, readEvidenceFiles } from '../../../src/cli/diagnose/evidence-files.ts';
import { UserError } from '../../../src/model/error.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { reach, resolver, whoami } from '../../support/evidence.ts';
import { NAME, SERVICE, STABLE6, WAN4 } from '../../support/names.ts';

const target = parseTarget(`https://${NAME}`);
const vantageItem = (vantage: string) => ({
  id: 'vantage:here:self',
  probe: 'vantage',
  vantage,
  at: '2026-11-23T21:00:00.000Z',
  ms: 0,
  how: '',
  status: 'ok',
  facts: { vantage, because: 'told' },
});
const EVIDENCE: Evidence[] = [
  whoami(WAN4),
  reach(STABLE6, { roles: ['aaaa-record'], identity: SERVICE }),
  resolver({ a: [WAN4], aaaa: [STABLE6] }, { by: 'outside-1' }),
];
const diagnosis = (more: object = {}) => ({
  schema: 'reach4/diagnosis/1',
  reach4: '0.1.0',
  target,
  vantage: 'server',
  evidence: [...EVIDENCE, vantageItem('server')],
  ...more,
});

async function file(text: string | Uint8Array, name = 'd.json'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-evidence-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
const read = async (data: unknown, taken: readonly string[] = []) =>
  readEvidenceFiles([await file(JSON.stringify(data))], target, taken);

describe('evidence from elsewhere', () => {
  test.each<[string, unknown]>([
    ['a diagnosis', diagnosis()],
    ['its evidence alone', diagnosis().evidence],
  ])('%s: nothing of it was seen from here, and its vantage is not ours', async (_, data) => {
    const all = await read(data, ['outside-1']);
    expect(all.map(({ id, vantage }) => [id.split(':').slice(0, 2).join(':'), vantage])).toEqual([
      ['whoami:server-1', 'server'],
      ['reach:server-1', 'server'],
      ['resolver:outside-2', 'outside'],
    ]);
    expect(all.map(({ id }) => id.split(':').slice(2))).toEqual(
      EVIDENCE.map(({ id }) => id.split(':').slice(2)),
    );
  });

  test('two files have observers of their own', async () => {
    const paths = [
      await file(JSON.stringify(diagnosis({ vantage: 'outside' }))),
      await file(JSON.stringify(diagnosis())),
    ];
    const all = await readEvidenceFiles([...paths, ...paths], target, []);
    expect(new Set(all.map(({ id }) => id)).size).toBe(4 * EVIDENCE.length);
    const labels = new Set(all.map(({ id }) => id.split(':')[1]));
    expect(labels).toEqual(
      new Set([
        'outside-1',
        'outside-2',
        'server-1',
        'outside-3',
        'outside-4',
        'outside-5',
        'server-2',
        'outside-6',
      ]),
    );
  });

  test('another version adds to it what it likes', async () => {
    expect(await read(diagnosis({ verdicts: 'elsewhere', later: 1 }))).toHaveLength(3);
  });

  test('what acts on a terminal is taken out', async () => {
    const failed = {
      ...whoami(WAN4),
      status: 'failed',
      facts: undefined,
      reason: { code: 'refused', detail: 'a\u001b[2Jb' },
    };
    const [item] = await read(diagnosis({ evidence: [failed] }));
    expect(item).toMatchObject({ reason: { detail: 'a [2Jb' } });
  });
});

describe('a mistake is one clear sentence', () => {
  const text = JSON.stringify(diagnosis());
  const [first] = EVIDENCE;
  test.each<[string, string | Uint8Array, RegExp]>([
    ['empty', '', /is no JSON, or was cut off/u],
    ['cut off', text.slice(0, -20), /is no JSON, or was cut off/u],
    ['binary', new Uint8Array([0xff, 0xfe, 0]), /is no JSON/u],
    ['nested without end', '['.repeat(100_000), /is no JSON/u],
    ['too large', ' '.repeat(MAX_BYTES + 1), /is larger than 8 MiB/u],
    ['something else', '{"name":"x"}', /is no diagnosis of this version/u],
    ['a number', '7', /is no diagnosis/u],
    [
      'another schema',
      JSON.stringify(diagnosis({ schema: 'reach4/diagnosis/9' })),
      /no diagnosis.*at schema/u,
    ],
    ['an invented probe', JSON.stringify([{ ...first, probe: 'rumour' }]), /no evidence of one/u],
    ['an invented outcome', text.replaceAll('"connected"', '"fine"'), /no evidence of one \(at evidence/u],
    [
      'another host',
      JSON.stringify(diagnosis({ target: parseTarget('https://www.example.org') })),
      /is about www\.example\.org:443, not home\.example\.org:443/u,
    ],
    [
      'another port',
      JSON.stringify(diagnosis({ target: parseTarget(`${NAME}:22`) })),
      /is about home\.example\.org:22/u,
    ],
    [
      'a list about another port',
      text.replaceAll('"port":443', '"port":22').replace(/^.*"evidence":(\[.*\])\}$/u, '$1'),
      /is about home\.example\.org:22/u,
    ],
    ['one id twice', JSON.stringify([first, first]), /two pieces of evidence with one id/u],
    ['a text of a megabyte', JSON.stringify([{ ...first, how: 'x'.repeat(1e6) }]), /longer texts or lists/u],
    [
      'thousands of pieces',
      JSON.stringify(Array.from({ length: 3_000 }, (_, index) => ({ ...first, id: `whoami:here:${index}` }))),
      /no evidence/u,
    ],
  ])('%s', async (_, content, sentence) => {
    const path = await file(content);
    const error = await readEvidenceFiles([path], target, []).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    const message = error instanceof UserError ? error.message : '';
    expect(message).toMatch(sentence);
    expect(message).toMatch(/^--evidence [^\n]*; expected [^\n]*\.$/u);
    expect(message.length).toBeLessThan(400);
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ['not there', async () => '/nowhere/d.json', /can't be read: there is no such file; expected/u],
    ['a folder', async () => tmpdir(), /can't be read: it is a folder; expected/u],
    ['without end', async () => '/dev/zero', /is larger than 8 MiB/u],
  ])('%s', async (_, path, sentence) => {
    await expect(readEvidenceFiles([await path()], target, [])).rejects.toThrow(sentence);
  });
});

test('whatever a file holds, it is evidence or a mistake of the user', () => {
  const part = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...EVIDENCE),
    fc.record({
      id: fc.string(),
      probe: fc.constantFrom('reach', 'whoami', 'told'),
      status: fc.constant('ok'),
      facts: fc.jsonValue(),
    }),
  );
  const content = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue().map((data) => JSON.stringify(data)),
    fc.array(part).map((evidence) => JSON.stringify(diagnosis({ evidence }))),
    fc.array(part).map((evidence) => JSON.stringify(evidence)),
  );
  fc.assert(
    fc.property(content, (text) => {
      try {
        parseEvidence(text, 'd.json', target);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
    { numRuns: 500 },
  );
});
