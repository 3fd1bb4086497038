/** The package as its users get it: packed, installed from the tarball into an empty folder, and run there. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import { dnsEdit, testToken } from '../engine/cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from '../engine/cloudflare/api/server.ts';
import { installCloudflarePlugin } from '../engine/cloudflare/provider/start.ts';
import { type Engine, ensureEngine } from '../engine/engine.ts';
import { caseOf, deadOutside, LINE, outside, SIX, zone } from '../support/home.ts';
import { NAME, OLD4, TARGET, WAN4, ZONE } from '../support/names.ts';
import { olderNodeFolder } from './older-node.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE_FOLDER = join(ROOT, 'node_modules', '.bin');
const TOKEN = testToken('package');
/** ms; packing compiles nothing, installing unpacks some 200 MB. */
const INSTALL_MS = 300_000;
const COMMAND_MS = 120_000;

let base: string;
let folder: string;
let engine: Engine;
let older: string;
let api: CloudflareApi;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reach4-package-'));
  folder = join(base, 'empty');
  await mkdir(folder);
  engine = await ensureEngine();
  older = await olderNodeFolder();
  api = await startCloudflareApi({
    zones: [
      { name: ZONE, records: [{ type: 'A', name: NAME, content: OLD4, ttl: 3600, comment: 'by hand' }] },
    ],
    tokens: { [TOKEN]: dnsEdit },
  });
  await installCloudflarePlugin(join(base, 'pulumi-home'));
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', base], { cwd: ROOT });
  const [tarball = ''] = (await execa('sh', ['-c', 'ls "$1"/*.tgz', 'sh', base])).stdout.split('\n');
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=dev', tarball], {
    cwd: folder,
  });
}, INSTALL_MS);

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

/** Runs a command in the folder, with this Node first on PATH. */
async function run(nodeFolder: string, command: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await execa(command, args, {
    cwd: folder,
    extendEnv: false,
    reject: false,
    timeout: COMMAND_MS,
    preferLocal: true,
    localDir: folder,
    env: {
      PATH: [nodeFolder, ...engine.binDirs, '/usr/bin', '/bin'].join(delimiter),
      HOME: base,
      PULUMI_HOME: join(base, 'pulumi-home'),
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_BASE_URL: api.url,
    },
  });
  return { exitCode, stdout, stderr };
}

const reach4 = (nodeFolder: string, ...args: string[]) =>
  run(nodeFolder, join(nodeFolder, 'node'), join(folder, 'node_modules', '.bin', 'reach4'), ...args);

const content = () => api.zones[0]?.list().map((record) => record.content);

describe('installed from the tarball into an empty folder', () => {
  test('it runs, and says what it is', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await reach4(NODE_FOLDER, '--version')).toMatchObject({ exitCode: 0, stdout: version });
    expect(await reach4(NODE_FOLDER, 'diagnose', 'ftp://x')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('a Node that is too old is told so in one sentence', async () => {
    const { exitCode, stdout, stderr } = await reach4(older, 'diagnose', TARGET);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^reach4 needs Node 22\.18 or later, but \S+ is \d+\.\d+\.\d+: [^\n]+\.$/u);
  });

  test('plan writes the project, and the literal pulumi works there on the old Node', {
    timeout: INSTALL_MS,
  }, async () => {
    const evidence = [...LINE, ...zone([OLD4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
    const diagnosis = judge(caseOf({ evidence }), { at: new Date(), by: '0.0.0', complete: true });
    await mkdir(join(folder, '.reach4'));
    await writeFile(join(folder, '.reach4', 'diagnosis.json'), JSON.stringify(diagnosis));

    const planned = await reach4(NODE_FOLDER, 'plan', '--yes', '--adopt', '--own-content');
    expect(planned.exitCode, planned.stdout + planned.stderr).toBe(0);
    expect(await readFile(join(folder, 'Pulumi.yaml'), 'utf8')).toContain(
      'node_modules/reach4/dist/stacks/index.js',
    );
    const line = /^ *((?:unset|export) .*)$/mu.exec(planned.stdout)?.[1] ?? 'false';
    const pulumi = (...args: string[]) =>
      run(
        older,
        'sh',
        '-c',
        `${line}; exec pulumi "$@" --yes --non-interactive --color never`,
        'sh',
        ...args,
      );

    const up = await pulumi('up');
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    expect(content()).toEqual([WAN4]);
    const again = await pulumi('up', '--expect-no-changes');
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    const destroyed = await pulumi('destroy');
    expect(destroyed.exitCode, destroyed.stdout + destroyed.stderr).toBe(0);
    expect(content()).toEqual([OLD4]);
  });

  test('what is shipped is what is needed: no sources, tests or lab', async () => {
    const { stdout } = await execa('find', ['.', '-type', 'f', '-not', '-path', './node_modules/*'], {
      cwd: join(folder, 'node_modules', 'reach4'),
    });
    const strange = stdout
      .split('\n')
      .filter(
        (file) =>
          !/^\.\/(?:dist\/(?:src|stacks)\/.*\.(?:js|d\.ts)|package\.json|README\.md|LICENSE|Pulumi\.yaml|docs\/diagnosis\.schema\.json)$/u.test(
            file,
          ),
      );
    expect(strange).toEqual([]);
  });
});
