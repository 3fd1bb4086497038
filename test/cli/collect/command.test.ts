import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnosisSchema } from '../../../src/model/diagnosis.ts';
import { evidenceFileSchema } from '../../../src/model/evidence-file.ts';
import { STABLE6 } from '../../support/names.ts';

const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));
const TARGET = `http://[${STABLE6}]`;
/** A network of the process's own: loopback, the server's two addresses, and a web server that takes IPv6 only. */
const INSIDE = `
  ip link set lo up
  ip addr add ${STABLE6}/64 dev lo
  ip addr add 192.168.77.10/24 dev lo
  "$NODE" -e 'require("node:http").createServer((_, answer) => { console.error("asked"); answer.end("<title>my cellar</title>home"); })
    .listen({ port: 80, host: "::", ipv6Only: true }, () => console.error("ready"))' 2>"$BASE/ready" &
  server=$!
  while ! grep -q ready "$BASE/ready"; do sleep 0.05; done
  status=0
  "$@" || status=$?
  kill $server
  exit $status`;

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reach4-collect-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** Runs a shell's words in that network; nothing can leave it. */
async function inside(script: string, more: { input?: string } = {}) {
  const { exitCode, stdout, stderr } = await execa(
    'unshare',
    ['--net', 'sh', '-c', INSIDE, 'sh', 'sh', '-c', script],
    {
      cwd: base,
      env: { PATH: process.env.PATH, HOME: base, BASE: base, NODE: process.execPath, BIN },
      extendEnv: false,
      reject: false,
      timeout: 60_000,
      ...more,
    },
  );
  return { exitCode, stdout, stderr };
}
const REACH4 = '"$NODE" "$BIN"';

const verdictsOf = (text: string) => {
  const { verdicts, reachable, vantage } = diagnosisSchema.parse(JSON.parse(text));
  return { vantage, reachable, verdicts: verdicts.map(({ cause, verdict }) => [cause, verdict]) };
};

describe('collected on a real machine', { timeout: 120_000 }, () => {
  test('what is judged from a file is what is judged there', async () => {
    const live = await inside(`${REACH4} diagnose '${TARGET}' --json`);
    const collected = await inside(`${REACH4} collect '${TARGET}' --out server.json`);
    expect(collected).toMatchObject({ exitCode: 0, stdout: '' });
    expect(collected.stderr).toContain('on the server itself');
    expect(collected.stderr).toContain('server.json holds addresses and names');
    expect(collected.stderr).toMatch(/Not seen: .*--public-services asks for it/u);
    expect(collected.stderr).toContain(`reach4 diagnose '${TARGET}' --evidence server.json`);
    const file = evidenceFileSchema.parse(JSON.parse(await readFile(join(base, 'server.json'), 'utf8')));
    expect(file).toMatchObject({ vantage: 'server', complete: true, redacted: false });

    const elsewhere = await inside(`${REACH4} diagnose --evidence server.json --json`);
    expect(verdictsOf(elsewhere.stdout)).toEqual(verdictsOf(live.stdout));
    expect(verdictsOf(live.stdout).verdicts).toContainEqual(['ipv6-only-listener', 'confirmed']);

    const shown = await inside(`${REACH4} collect '${TARGET}' --redact > shown.json`);
    expect(shown.stderr).toContain('holds stand-ins');
    const text = await readFile(join(base, 'shown.json'), 'utf8');
    expect(text).not.toContain('2a0b');
    expect(text).not.toContain('192.168.77');
    expect(text).not.toContain('cellar');
    const judged = await inside(`${REACH4} diagnose --evidence shown.json --json`);
    expect(verdictsOf(judged.stdout)).toEqual(verdictsOf(live.stdout));
    const page = await inside(`${REACH4} diagnose --evidence shown.json`);
    expect(page.stdout).toContain('stand-ins');
    expect(page.stdout).not.toContain('reach4 plan');
  });

  test('Ctrl-C: what was learnt so far is written', async () => {
    const { exitCode, stderr } = await inside(
      `"$NODE" "$BIN" collect '${TARGET}' --out early.json & pid=$!; while ! grep -q asked "$BASE/ready"; do sleep 0.05; done; kill -INT $pid; wait $pid`,
    );
    const file = evidenceFileSchema.parse(JSON.parse(await readFile(join(base, 'early.json'), 'utf8')));
    expect(file.complete).toBe(false);
    expect(stderr).toMatch(/^Interrupted: this is what was learnt so far\.$/mu);
    expect(exitCode).toBe(130);
    const judged = await inside(`${REACH4} diagnose --evidence early.json`);
    expect(judged.stdout).toContain('Interrupted');
  });
});

describe('a file that is not to be written', { timeout: 60_000 }, () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    [
      "somebody's text",
      async () => put('notes.txt', 'my notes'),
      /notes\.txt is no evidence file, and is left as it is/u,
    ],
    ['another JSON', async () => put('package.json', '{"schema":"other"}'), /is no evidence file/u],
    ['a diagnosis', async () => put('d.json', '{"schema":"reach4/diagnosis/1"}'), /is no evidence file/u],
    ['a folder', async () => mkdir(join(base, 'folder')).then(() => 'folder'), /is a folder/u],
    ['a device', async () => '/dev/null', /is no plain file/u],
    [
      'a link to nothing',
      async () => symlink('/nowhere/x', join(base, 'link')).then(() => 'link'),
      /can't be read/u,
    ],
  ])('%s', async (_, make, sentence) => {
    const path = await make();
    const { exitCode, stdout, stderr } = await inside(`${REACH4} collect '${TARGET}' --out '${path}'`);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^reach4: --out [^\n]*; expected [^\n]*\.$/u);
    expect([exitCode, stdout]).toEqual([2, '']);
  });

  test('its text is as it was', async () => {
    expect(await readFile(join(base, 'notes.txt'), 'utf8')).toBe('my notes');
  });

  test('a full disk', async () => {
    const { exitCode, stderr } = await inside(
      `mkdir full && mount -t tmpfs -o size=8k none full && ${REACH4} collect '${TARGET}' --out full/s.json; status=$?; ls -A full >left; umount full; exit $status`,
    );
    expect(stderr).toMatch(
      /^reach4: --out full\/s\.json can't be written: the disk is full; nothing was half-written; expected .*\.$/mu,
    );
    expect(exitCode).toBe(2);
    expect(await readFile(join(base, 'left'), 'utf8')).toBe('');
  });

  test('standard output on a full disk', async () => {
    const { exitCode, stderr } = await inside(`${REACH4} collect '${TARGET}' >/dev/full`);
    expect(stderr).toMatch(/^reach4: Standard output can't be written: the disk is full; expected .*\.$/mu);
    expect(stderr).not.toContain('holds addresses');
    expect(exitCode).toBe(2);
  });

  test('a reader that has enough', async () => {
    const { stdout, stderr } = await inside(`${REACH4} collect '${TARGET}' | head -c 20`);
    expect(stdout).toMatch(/^\{\s+"schema": "rea/u);
    expect(stderr).not.toContain('bug');
  });

  test('a name that would act on a terminal is not let at it', async () => {
    const { stderr } = await inside(`${REACH4} collect '${TARGET}' --out "$(printf 'a\\033[2J.json')"`);
    expect(stderr).toContain('holds addresses');
    expect(stderr).not.toContain('\u001b');
  });

  test('a folder that nobody may write to', async () => {
    const { exitCode, stderr } = await inside(`${REACH4} collect '${TARGET}' --out /proc/s.json`);
    expect(stderr).toMatch(/^reach4: --out \/proc\/s\.json can't be written: .*; expected .*\.$/mu);
    expect(exitCode).toBe(2);
  });

  test('an evidence file is written anew, and nothing else is left', async () => {
    await mkdir(join(base, 'again'));
    for (const _ of [1, 2]) {
      const { exitCode } = await inside(`${REACH4} collect '${TARGET}' --out again/s.json`);
      expect(exitCode).toBe(0);
    }
    expect(await readdir(join(base, 'again'))).toEqual(['s.json']);
  });
});

async function put(name: string, text: string): Promise<string> {
  await writeFile(join(base, name), text);
  return name;
}
