import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Backend, chooseBackend, exportLine, prepareBackend } from '../../../src/cli/stack/backend.ts';
import { forgetSalt, readPlan, readPlans, writePlans } from '../../../src/cli/stack/config-file.ts';
import { findEngine } from '../../../src/cli/stack/engine.ts';
import { lookAtProject, packageRoot, stackName } from '../../../src/cli/stack/project.ts';
import { readSettings, writeSettings } from '../../../src/cli/stack/settings.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { privateFiles } from '../../../src/ports/node/private-file.ts';
import { planOf, record } from '../../components/plans.ts';

const { files } = nodePorts();
const world = { files, privateFiles };
const signal = new AbortController().signal;

let folder: string;
let config: string;
beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), 'reach4-folder-'));
  folder = join(base, "it's mine");
  config = join(base, 'config');
  await mkdir(folder);
  vi.stubEnv('XDG_CONFIG_HOME', config);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dirname(folder), { recursive: true, force: true });
});

const put = (file: string, text: string) => files.write(join(folder, file), text);
const project = () => ({ folder, pulumiYaml: null, backend: null });
const NO_CHOICE = { backend: null, passphraseFile: null, env: {} };
const choose = (
  more: Partial<Parameters<typeof chooseBackend>[0]> = {},
  settings: Parameters<typeof chooseBackend>[2] = null,
) => chooseBackend({ ...NO_CHOICE, ...more }, project(), settings);

describe('Pulumi.yaml', () => {
  test('is made where there is none, and points to the compiled program', async () => {
    const { pulumiYaml } = await lookAtProject(folder, files);
    expect(pulumiYaml).toContain('name: reach4\n');
    expect(pulumiYaml).toContain(`main: ${join(packageRoot(), 'dist/stacks/index.js')}\n`);
    expect(pulumiYaml).toContain('refresh: always');
  });

  test("reach4's own is left as it is, relative in its checkout", async () => {
    expect(await lookAtProject(packageRoot(), files)).toEqual({
      folder: packageRoot(),
      pulumiYaml: null,
      backend: null,
    });
  });

  test('one that points nowhere any more is corrected, and nothing else in it', async () => {
    await put(
      'Pulumi.yaml',
      '# mine\nname: reach4\nruntime: nodejs\nmain: /gone/dist/stacks/index.js\nbackend: {url: "s3://x"}\n',
    );
    const { pulumiYaml, backend } = await lookAtProject(folder, files);
    expect(pulumiYaml).toContain('# mine\n');
    expect(pulumiYaml).toContain(`main: ${join(packageRoot(), 'dist/stacks/index.js')}`);
    expect(backend).toBe('s3://x');
  });

  test.each(['name: shop\nruntime: nodejs\n', 'name: reach4\nruntime: go\n', 'runtime: nodejs\n'])(
    'a foreign one is refused: %j',
    async (text) => {
      await put('Pulumi.yaml', text);
      await expect(lookAtProject(folder, files)).rejects.toThrow(/belongs to another Pulumi project/u);
      expect(await readFile(join(folder, 'Pulumi.yaml'), 'utf8')).toBe(text);
    },
  );

  test('one that is no YAML', async () => {
    await put('Pulumi.yaml', '{');
    await expect(lookAtProject(folder, files)).rejects.toThrow(/is no Pulumi project that can be read/u);
  });
});

describe("a stack's name", () => {
  test.each([
    [null, 'home.example.org', 'home-example-org'],
    [null, '*.xn--bcher-kva.example', 'xn-bcher-kva-example'],
    ['prod_1.x', 'home.example.org', 'prod_1.x'],
  ])('%j for %s', (given, host, name) => {
    expect(stackName(given, host)).toBe(name);
  });
  test.each(['', '-x', 'a b', 'a/b', 'x'.repeat(101)])('%j is refused', (given) => {
    expect(() => stackName(given, 'home.example.org')).toThrow(/can't be a stack's name/u);
  });
});

describe('the plan in the configuration', () => {
  test('comes back as it was written; everything else stays', async () => {
    const plan = planOf({ records: [record({ comment: '2026-11-23', name: '1_000.example.org' })] });
    await put(
      'Pulumi.s.yaml',
      '# note\nencryptionsalt: v1:abc=\nconfig:\n  aws:region: eu-central-1 # Frankfurt\n',
    );
    await writePlans(folder, 's', { plan, before: null }, files);
    expect(await readPlan(folder, 's', files)).toEqual(plan);
    const text = await readFile(join(folder, 'Pulumi.s.yaml'), 'utf8');
    for (const kept of ['# note', 'encryptionsalt: v1:abc=', 'aws:region: eu-central-1 # Frankfurt'])
      expect(text).toContain(kept);
    // What Pulumi's parser would take for a date is in quotes.
    expect(text).toContain('comment: "2026-11-23"');
  });

  test('beside it the one that the stack is up with, until that is the same again', async () => {
    const before = planOf({ records: [record({ ttl: 600 })] });
    const plan = planOf();
    await writePlans(folder, 's', { plan, before }, files);
    expect(await readPlans(folder, 's', files)).toEqual({ plan, before });
    await writePlans(folder, 's', { plan: before, before: null }, files);
    expect(await readPlans(folder, 's', files)).toEqual({ plan: before, before: null });
    expect(await readFile(join(folder, 'Pulumi.s.yaml'), 'utf8')).not.toContain('plan-before');
  });

  test('none, an unusable one, and no YAML', async () => {
    expect(await readPlan(folder, 's', files)).toBeNull();
    await put('Pulumi.s.yaml', 'config: {"aws:region": x}\n');
    expect(await readPlan(folder, 's', files)).toBeNull();
    await put('Pulumi.s.yaml', 'config: {"reach4:plan": {schema: reach4/plan/9}}\n');
    await expect(readPlan(folder, 's', files)).rejects.toThrow(
      /^The plan in Pulumi\.s\.yaml can't be used: .*plan again\.$/u,
    );
    await put('Pulumi.s.yaml', '- a\n');
    await expect(readPlan(folder, 's', files)).rejects.toThrow(/is no YAML that can be read/u);
  });

  test('the salt of a lost passphrase goes, unless something is encrypted with it', async () => {
    await forgetSalt(folder, 's', files);
    await put('Pulumi.s.yaml', 'encryptionsalt: v1:abc=\nconfig: {a: b}\n');
    await forgetSalt(folder, 's', files);
    expect(await readFile(join(folder, 'Pulumi.s.yaml'), 'utf8')).toBe('config: { a: b }\n');
    await put('Pulumi.s.yaml', 'encryptionsalt: v1:abc=\nconfig:\n  k:t:\n    secure: v1:x\n');
    await expect(forgetSalt(folder, 's', files)).rejects.toThrow(/encrypted with another passphrase/u);
  });
});

describe('the backend', () => {
  const ownUrl = () => `file://${folder.replaceAll(' ', '%20')}/.reach4/state?metadata=skip`;

  test('is a folder in the project, protected by a file outside it', async () => {
    const backend = choose();
    expect(backend).toMatchObject({ url: ownUrl(), chosen: null });
    expect(backend.passphraseFile).toMatch(/\/config\/reach4\/passphrases\/it-s-mine-[0-9a-f]{8}$/u);
    expect(await prepareBackend(backend, project(), false, world)).toBe(true);
    const file = await stat(backend.passphraseFile ?? '');
    expect(file.mode & 0o777).toBe(0o600);
    expect(file.size).toBeGreaterThan(40);
    expect(await readFile(join(folder, '.reach4', '.gitignore'), 'utf8')).toBe('*\n');
    expect(await prepareBackend(backend, project(), true, world)).toBe(false);
  });

  test.each<[string, string, string]>([
    ['s3://bucket', 's3://bucket', 'one that Pulumi knows'],
    ['file:///srv/state', 'file:///srv/state', 'an absolute folder'],
    ['file://~/state', 'file://~/state', "the user's folder"],
  ])('%s: %s', (given, url) => {
    expect(choose({ backend: given })).toMatchObject({ url, chosen: url });
    expect(choose({ env: { PULUMI_BACKEND_URL: given } })).toMatchObject({ url, chosen: url });
    expect(chooseBackend(NO_CHOICE, { ...project(), backend: given }, null)).toMatchObject({ url });
  });

  test('relative to the project, whatever the working directory is', () => {
    expect(choose({ backend: 'file://./x' }).url).toBe(`file://${folder.replaceAll(' ', '%20')}/x`);
  });

  test('an export line of another folder left in the shell is no choice', () => {
    for (const query of ['', '?metadata=skip']) {
      const PULUMI_BACKEND_URL = `file:///elsewhere/.reach4/state${query}`;
      expect(choose({ env: { PULUMI_BACKEND_URL } }).url).toBe(ownUrl());
    }
  });

  test("Pulumi's service keeps the key itself", () => {
    expect(choose({ backend: 'https://api.pulumi.com' }).passphraseFile).toBeNull();
  });

  test('the first choice is remembered; another is refused', () => {
    const settings = { backend: 's3://bucket', passphraseFile: '/p', stack: 's' };
    expect(choose({ env: { PULUMI_BACKEND_URL: 's3://other' } }, settings).url).toBe('s3://bucket');
    expect(choose({ backend: 's3://bucket' }, settings)).toMatchObject({
      url: 's3://bucket',
      passphraseFile: '/p',
    });
    expect(() => choose({ backend: 's3://other' }, settings)).toThrow(
      /is kept in s3:\/\/bucket, and --backend asks for s3:\/\/other/u,
    );
    expect(choose({ backend: ownUrl() }, { ...settings, backend: null }).chosen).toBeNull();
  });

  test('what is no URL, and a folder that is not there', async () => {
    expect(() => choose({ backend: '/srv/state' })).toThrow(/is no Pulumi backend/u);
    const missing = choose({ backend: 'file:///nowhere/at/all' });
    await expect(prepareBackend(missing, project(), false, world)).rejects.toThrow(/doesn't exist/u);
  });

  test.each<[string, string | null, number, RegExp]>([
    ['gone', null, 0o600, /is gone; expected the file/u],
    ['empty', '\n', 0o600, /is empty; expected a passphrase/u],
    ['open to others', 'secret', 0o644, /open to other users; expected mode 0600/u],
  ])('a passphrase file that is %s', async (_, text, mode, sentence) => {
    const path = join(folder, 'passphrase');
    if (text !== null) await writeFile(path, text, { mode });
    const backend: Backend = { url: 's3://b', chosen: 's3://b', passphraseFile: path };
    const error: unknown = await prepareBackend(backend, project(), true, world).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).toMatch(sentence);
    expect(String(error)).not.toContain('secret');
  });

  test('the export line is one that a shell takes', () => {
    const backend = { url: 's3://b?region=eu', chosen: 's3://b', passphraseFile: "/a b/it's" };
    expect(exportLine(backend)).toBe(
      "export PULUMI_BACKEND_URL='s3://b?region=eu' PULUMI_CONFIG_PASSPHRASE_FILE='/a b/it'\\''s'; unset PULUMI_CONFIG_PASSPHRASE",
    );
    expect(exportLine({ url: 'https://api.pulumi.com', chosen: null, passphraseFile: null })).toBe(
      'export PULUMI_BACKEND_URL=https://api.pulumi.com',
    );
  });
});

test('what is remembered of a folder, and when that was damaged', async () => {
  expect(await readSettings(folder, files)).toBeNull();
  const settings = { backend: null, passphraseFile: '/p', stack: 's' };
  await writeSettings(folder, settings, files);
  expect(await readSettings(folder, files)).toEqual(settings);
  await put('.reach4/stack.json', '{}');
  await expect(readSettings(folder, files)).rejects.toThrow(/is damaged/u);
});

describe('the engine', () => {
  /** A `pulumi` that only knows its version. */
  async function install(place: string, version = 'v3.200.1', code = 0): Promise<void> {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'pulumi'), `#!/bin/sh\necho ${version}\nexit ${code}\n`, { mode: 0o755 });
  }
  const find = (env: Record<string, string>) =>
    findEngine(folder, { XDG_CACHE_HOME: join(folder, 'cache'), ...env }, nodePorts(), signal);

  test('is on PATH, else the npm package, else built from source, else nowhere', async () => {
    expect(await find({ PATH: '/nowhere:relative' })).toBeNull();
    const sdk = JSON.parse(
      await readFile(join(packageRoot(), 'node_modules/@pulumi/pulumi/package.json'), 'utf8'),
    ) as { version: string };
    const built = join(folder, 'cache', 'reach4', 'engine', sdk.version);
    await install(built, 'v3.259.0');
    const found = await find({ PATH: '' });
    expect(found).toMatchObject({ command: join(built, 'pulumi'), version: '3.259.0' });
    // Built alone it lacks the plugin for dynamic resources, which the SDK brings.
    expect(found?.path.some((place) => place.endsWith('node_modules/@pulumi/pulumi'))).toBe(true);
    await install(join(folder, 'node_modules', '.bin'));
    expect(await find({ PATH: '' })).toMatchObject({ version: '3.200.1' });
    await install(join(folder, 'bin'), 'v3.210.0');
    expect(await find({ PATH: join(folder, 'bin') })).toMatchObject({
      version: '3.210.0',
      command: join(folder, 'bin', 'pulumi'),
    });
  });

  test('one that does not work is passed over', async () => {
    await install(join(folder, 'bin'), 'v3.210.0', 1);
    await symlink('/nowhere', join(folder, 'dead'));
    expect(await find({ PATH: `${join(folder, 'bin')}:${join(folder, 'dead')}` })).toBeNull();
  });
});
