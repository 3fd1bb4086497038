import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadToken } from '../../../src/agent/token.ts';
import { files } from '../../../src/ports/node/files.ts';
import { privateFiles } from '../../../src/ports/node/private-file.ts';
import { callerOfSudo, homeOfCaller } from '../../../src/ports/node/sudo.ts';
import { TOKEN } from '../../agent/support.ts';

/** Root may give files to anybody; everybody else plays both parts. */
const self = process.getuid?.() ?? 0;
const CALLER = self === 0 ? 65_534 : self;
const GROUP = self === 0 ? 65_534 : (process.getgid?.() ?? 0);
const SUDO = { SUDO_UID: String(CALLER), SUDO_GID: String(GROUP) };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach4-sudo-'));
  vi.spyOn(process, 'getuid').mockReturnValue(0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const bySudo = (): void => {
  for (const [name, value] of Object.entries(SUDO)) vi.stubEnv(name, value);
};
const ownerOf = async (path: string): Promise<number> => (await stat(path)).uid;

test.each([
  ['root by sudo', 0, SUDO, { uid: CALLER, gid: GROUP }],
  ['root without it', 0, {}, null],
  ['an ordinary user', 1000, SUDO, null],
  ['no number', 0, { ...SUDO, SUDO_UID: '1000 root' }, null],
  ['no group', 0, { SUDO_UID: '1000' }, null],
])('who called sudo: %s', (_, uid, env, expected) => {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  expect(callerOfSudo(env)).toEqual(expected);
});

test('the home of the caller is read where the system keeps it', async () => {
  const passwd = join(folder, 'passwd');
  await writeFile(passwd, `root:x:0:0::/root:/bin/sh\nann:x:${CALLER}:1::/home/ann:/bin/sh\n`);
  expect(await homeOfCaller(SUDO, passwd)).toBe('/home/ann');
  expect(await homeOfCaller({ ...SUDO, SUDO_UID: '77' }, passwd)).toBeNull();
  expect(await homeOfCaller(SUDO, join(folder, 'missing'))).toBeNull();
  expect(await homeOfCaller({}, passwd)).toBeNull();
});

test("the caller's token counts where root has none, and root's own first", async () => {
  const [root, caller] = [join(folder, 'root'), join(folder, 'ann')];
  const load = () =>
    loadToken(
      { file: null, env: { HOME: root, ...SUDO }, createIfMissing: false, callersHome: caller },
      privateFiles,
    );
  const sentence = await load().then(
    () => '',
    (error: Error) => error.message,
  );
  expect(sentence).toMatch(/There is no agent token.*--preserve-env=REACH4_AGENT_TOKEN/u);
  expect(sentence).toContain(join(root, '.config/reach4/agent-token'));
  const put = async (home: string, token: string) => {
    await mkdir(join(home, '.config/reach4'), { recursive: true });
    const file = join(home, '.config/reach4/agent-token');
    await writeFile(file, token, { mode: 0o600 });
    return file;
  };
  const file = await put(caller, TOKEN);
  expect(await load()).toEqual({ token: TOKEN, file, created: false });
  await put(root, `root${TOKEN}`);
  expect(await load()).toMatchObject({ token: `root${TOKEN}` });
});

test("by sudo, a file of the caller's is no stranger's; another's is", async () => {
  bySudo();
  const theirs = join(folder, 'theirs', 'token');
  await files.write(theirs, TOKEN);
  await chmod(theirs, 0o600);
  expect(await privateFiles.read(theirs)).toEqual({ text: TOKEN, exposed: false });
  vi.stubEnv('SUDO_UID', String(CALLER - 1));
  expect(await privateFiles.read(theirs)).toMatchObject({ exposed: true });
});

test('by sudo, what is new belongs to the caller, and what was there keeps its owner', async () => {
  const old = join(folder, 'old');
  await writeFile(old, 'x');
  const before = await ownerOf(old);
  bySudo();
  const file = join(folder, '.reach4', 'deep', 'diagnosis.json');
  await files.write(file, '{}');
  for (const path of [file, join(file, '..'), join(folder, '.reach4')]) {
    expect(await ownerOf(path)).toBe(CALLER);
  }
  await files.write(old, 'y');
  expect(await ownerOf(old)).toBe(before);
  expect(await ownerOf(folder)).toBe(before);
  vi.stubEnv('SUDO_UID', '');
  await files.write(file, '{"again":true}');
  expect(await ownerOf(file)).toBe(CALLER);
});
