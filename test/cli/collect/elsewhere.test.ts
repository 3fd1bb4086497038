import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collectElsewhere, elsewhereOf, scriptFor } from '../../../src/cli/collect/elsewhere.ts';
import { readEvidence, readEvidenceFiles } from '../../../src/cli/diagnose/evidence-files.ts';
import { filesAlone } from '../../../src/cli/diagnose/from-files.ts';
import { firstLine, LAST_LINE } from '../../../src/collect/transcript.ts';
import { evidenceFileSchema } from '../../../src/model/evidence-file.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { clock } from '../../../src/ports/node/clock.ts';

const TARGET = parseTarget('https://home.example.org');

describe('ways to another machine', () => {
  it.each([
    [{}, null],
    [{ script: 'linux', from: 'lan', whoami: ['https://icanhazip.com'] }, 'script'],
    [{ ssh: 'pi@home', sudo: true, out: 'a.json', redact: true }, 'ssh'],
    [{ transcript: 'seen.txt', redact: true }, 'transcript'],
    [{ outside: ['http://192.0.2.1:4460'], ipv4: '192.0.2.1' }, null],
  ] as const)('%j is %s', (flags, way) => {
    expect(elsewhereOf(structuredClone(flags) as never)).toBe(way);
  });

  it.each([
    [{ script: 'linux', ssh: 'home' }, '--script and --ssh exclude each other'],
    [{ ssh: 'home', transcript: 'a' }, '--ssh and --transcript exclude each other'],
    [{ sudo: true }, '--sudo was given without --ssh'],
    [{ transcript: 'a', sudo: true }, '--sudo was given without --ssh'],
    [
      { script: 'linux', redact: true },
      'prints a script and no evidence; expected --redact when its output is read',
    ],
    [{ ssh: 'home', outside: ['http://192.0.2.1:4460'] }, '--outside is about a look from here'],
    [{ transcript: 'a', whoami: ['https://icanhazip.com'] }, '--whoami is about a look from here'],
    [{ transcript: 'a', wanIpv4: '192.0.2.1' }, '--wan-ipv4 is about a look from here'],
  ] as const)('%j do not go together', (flags, sentence) => {
    expect(() => elsewhereOf(structuredClone(flags) as never)).toThrow(sentence);
  });
});

const run = (command: string, ...out: string[]): string[] => [
  `= run ${command}`,
  ...out.map((line) => `| ${line}`),
  `= ${out.length} lines.`,
  '= exit 0.',
];
const LINES = [
  firstLine({ target: 'https://home.example.org:443', vantage: 'server' }),
  ...run('date -u +%Y-%m-%dT%H:%M:%SZ', '2026-11-28T06:41:59Z'),
  ...run('uname -s', 'Linux'),
  ...run('uname -r', '6.1.0-31-amd64 \u001b[31m'),
  ...run('id -u', '0'),
  LAST_LINE,
];

async function file(lines: readonly string[], encoding: BufferEncoding = 'utf8'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-transcript-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'seen.txt');
  const mark = encoding === 'utf16le' ? '\uFEFF' : '';
  await writeFile(path, mark + lines.map((line) => `${line}\r\n`).join(''), encoding);
  return path;
}

describe('a transcript', () => {
  it.each(['utf8', 'utf16le'] as const)('is evidence to `diagnose`, in %s', async (encoding) => {
    const path = await file(['pi@home:~ $ sh look.sh', ...LINES, 'pi@home:~ $ '], encoding);
    const [first] = (await readEvidenceFiles([path], TARGET, [])).filter(({ probe }) => probe === 'system');
    expect(first).toMatchObject({
      id: 'system:server-1:own',
      vantage: 'server',
      at: '2026-11-28T06:41:59.000Z',
      facts: { system: 'linux', privileged: true },
    });
    expect(JSON.stringify(first)).not.toContain('\\u001b');
  });

  it('says itself which target it is about', async () => {
    const path = await file(LINES);
    expect(await filesAlone(null, { evidence: [path] })).toMatchObject({
      target: { host: 'home.example.org', port: 443, protocol: 'tls' },
      vantage: 'server',
      complete: true,
    });
  });

  it('becomes an evidence file, seen from where --from says', async () => {
    const path = await file(LINES);
    const made = await collectElsewhere(TARGET, { transcript: path, from: 'lan' }, { whoami: [] }, clock);
    expect(evidenceFileSchema.parse(made)).toMatchObject({ vantage: 'lan', complete: true, redacted: false });
    const json = await file([]);
    await writeFile(json, JSON.stringify(made));
    const again = await readEvidence(json, TARGET);
    expect(again.evidence.map(({ vantage }) => vantage)).toEqual(again.evidence.map(() => 'lan'));
  });

  it('tells that it was cut off', async () => {
    const path = await file(LINES.slice(0, 9));
    const { complete, evidence } = await readEvidence(path, TARGET);
    expect(complete).toBe(false);
    expect(evidence.find(({ probe }) => probe === 'listeners')).toMatchObject({
      status: 'failed',
      reason: { code: 'malformed', detail: expect.stringContaining('the transcript is cut off before `ss') },
    });
  });

  it.each([
    [
      LINES.with(0, firstLine({ target: 'https://other.example.org:443', vantage: 'server' })),
      'is about other.example.org:443, not home',
    ],
    [
      LINES.with(0, firstLine({ target: 'gopher://x', vantage: 'server' })),
      'is about "gopher://x", which is no target',
    ],
    [LINES.slice(0, 3), "doesn't say when it was made, or was cut off before"],
    [LINES.with(2, '| yesterday'), "doesn't say when it was made"],
    [[...LINES, ...LINES], 'holds more than one transcript'],
  ])('is refused with one sentence (%#)', async (lines, sentence) => {
    const path = await file(lines);
    await expect(readEvidence(path, TARGET)).rejects.toThrow(`--evidence ${path} `);
    await expect(readEvidence(path, TARGET)).rejects.toThrow(sentence);
  });

  it('that is none is refused by --transcript', async () => {
    const path = await file(['{}']);
    const read = collectElsewhere(TARGET, { transcript: path }, { whoami: [] }, clock);
    await expect(read).rejects.toThrow(`--transcript ${path} has no line`);
    const gone = collectElsewhere(TARGET, { transcript: `${path}x` }, { whoami: [] }, clock);
    await expect(gone).rejects.toThrow("can't be read: there is no such file");
    expect(await readFile(path, 'utf8')).toBe('{}\r\n');
  });
});

it('a script is for the server where nobody says otherwise', () => {
  expect(scriptFor('linux', TARGET, { whoami: [] })).toContain(
    "'= reach4-look https://home.example.org:443 server 1.'",
  );
  expect(scriptFor('windows', TARGET, { whoami: [] }, 'lan')).toContain(':443 lan 1.');
});
