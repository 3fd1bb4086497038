import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultTokenFile, howToCopy, loadToken } from '../../src/agent/token.ts';
import { UserError } from '../../src/model/error.ts';
import { privateFiles } from '../../src/ports/node/private-file.ts';
import { TOKEN } from './support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach4-token-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A token file with this text and mode. */
async function fileWith(name: string, text: string, mode = 0o600): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

async function refusalOf(load: Promise<unknown>): Promise<string> {
  const error = await load.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`no UserError: ${error}`);
  return error.message;
}

const load = (file: string | null, env: Record<string, string> = {}, createIfMissing = false) =>
  loadToken({ file, env, createIfMissing }, privateFiles);

describe('loadToken', () => {
  it('reads a file', async () => {
    const file = await fileWith('good', `${TOKEN}\n`);
    expect(await load(file)).toEqual({ token: TOKEN, file, created: false });
    const link = join(folder, 'link');
    await symlink(file, link);
    expect(await load(link)).toMatchObject({ token: TOKEN });
  });

  it('prefers what the user chose to the environment, and that to the default file', async () => {
    const other = TOKEN.toLowerCase();
    const file = await fileWith('chosen', TOKEN);
    await mkdir(join(folder, 'reach4'));
    await fileWith('reach4/agent-token', 'x'.repeat(3) + TOKEN);
    const env = { XDG_CONFIG_HOME: folder, REACH4_AGENT_TOKEN: other };
    expect(await load(file, env)).toMatchObject({ token: TOKEN, file });
    expect(await load(null, env)).toEqual({ token: other, file: null, created: false });
    const empty = await load(null, { ...env, REACH4_AGENT_TOKEN: '' });
    expect(empty).toMatchObject({ token: `xxx${TOKEN}`, file: join(folder, 'reach4/agent-token') });
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o601])(
    'refuses a file that others can use: mode %o',
    async (mode) => {
      const file = await fileWith(`open-${mode}`, TOKEN, mode);
      const sentence = await refusalOf(load(file));
      expect(sentence).toMatch(/others.*chmod 600/u);
      expect(sentence).toContain(file);
      expect(sentence).not.toContain(TOKEN);
    },
  );

  it("refuses someone else's file", async () => {
    const files = { ...privateFiles, read: async () => ({ text: TOKEN, exposed: true }) };
    expect(await refusalOf(loadToken({ file: '/x', env: {}, createIfMissing: false }, files))).toMatch(
      /others/u,
    );
  });

  it.each([
    ['short', TOKEN.slice(1), /only 31 characters/u],
    ['empty', '\n', /only 0 characters/u],
    ['long', TOKEN.repeat(9), /288 characters/u],
    ['repetitive', 'abcabc'.repeat(8), /repeats/u],
    ['with spaces', `${TOKEN} ${TOKEN}`, /spaces/u],
    ['two lines', `${TOKEN}\n${TOKEN}`, /line breaks/u],
    ['not ASCII', `${TOKEN}ü`, /ASCII/u],
  ])('refuses a token that is %s', async (name, text, why) => {
    const file = await fileWith(`bad ${name}`, text);
    const env = { REACH4_AGENT_TOKEN: text };
    const attempts = text.trim() === '' ? [load(file)] : [load(file), load(null, env)];
    for (const sentence of await Promise.all(attempts.map(refusalOf))) {
      expect(sentence).toMatch(why);
      expect(sentence).toMatch(/expected 32 to 256 random/u);
      expect(sentence).not.toContain(text.trim() === '' ? '\n' : text.slice(0, 20));
    }
  });

  it('refuses what is no token file', async () => {
    expect(await refusalOf(load(join(folder, 'missing')))).toMatch(/There is no agent token.*copy/u);
    expect(await refusalOf(load(folder))).toMatch(/not a regular file|EISDIR/u);
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', ['-m', '600', fifo]);
    expect(await refusalOf(load(fifo))).toMatch(/not a regular file/u);
    expect(await refusalOf(load('/dev/zero'))).toMatch(/not a regular file/u);
    expect(await refusalOf(load(await fileWith('big', 'x'.repeat(5000))))).toMatch(/larger/u);
    const underFile = join(await fileWith('file', TOKEN), 'token');
    expect(await refusalOf(load(underFile))).toMatch(/can't be read/u);
    expect(await refusalOf(load(underFile, {}, true))).toMatch(/can't be made/u);
  });

  it('makes a token where there is none, once', async () => {
    const env = { XDG_CONFIG_HOME: join(folder, 'new') };
    const both = await Promise.all([load(null, env, true), load(null, env, true)]);
    expect(both[0].token).toBe(both[1].token);
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    const { token, file } = both[0];
    expect(token).toMatch(/^[\w-]{43}$/u);
    expect(file).toBe(join(folder, 'new/reach4/agent-token'));
    if (file === null) return;
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
    expect(await readFile(file, 'utf8')).toBe(`${token}\n`);
    expect(await load(null, env, true)).toEqual({ token, file, created: false });
    expect(howToCopy(file)).toContain(file);
    expect(howToCopy(file)).not.toContain(token);
  });
});

it.each([
  [{ HOME: '/home/ann' }, '/home/ann/.config/reach4/agent-token'],
  [{ HOME: '/home/ann', XDG_CONFIG_HOME: '/etc/xdg' }, '/etc/xdg/reach4/agent-token'],
  [{ HOME: '/home/ann', XDG_CONFIG_HOME: 'relative' }, '/home/ann/.config/reach4/agent-token'],
  [{ HOME: '/home/ann', XDG_CONFIG_HOME: '' }, '/home/ann/.config/reach4/agent-token'],
])('with %o the default file is %s', (env, file) => {
  expect(defaultTokenFile(env)).toBe(file);
});
