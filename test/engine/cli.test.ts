/**
 * The literal `pulumi` with a compiled program: what somebody does who never starts reach4 itself. The provider is
 * installed as a plugin and started by the engine, so the token takes the way that it takes in earnest.
 */

import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dnsEdit, testToken } from './cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare/api/server.ts';
import { installCloudflarePlugin } from './cloudflare/provider/start.ts';
import { ENGINE_TIMEOUT_MS, type Engine, ensureEngine } from './engine.ts';
import { type EngineFolder, engineFolder, ownNodeFolder, type PulumiRun } from './folder.ts';

const zoneId = 'a'.repeat(32);
const token = testToken('cli');
const previous = { type: 'A', name: 'www.example.org', content: '203.0.113.1', ttl: 60, comment: 'by hand' };
const TEST_TIMEOUT_MS = 120_000;
/** The oldest Node that reach4 supports; users have older ones on PATH. */
const OLDEST_SUPPORTED_NODE = 22;

/** A record, and a dynamic resource that puts an old record back when the stack goes. */
const program = `
import { Config, dynamic } from '@pulumi/pulumi';
import { DnsRecord } from '@pulumi/cloudflare/dnsRecord.js';

const previous = {
  async create(inputs) {
    return { id: 'previous', outs: { record: inputs.record } };
  },
  async diff(id, olds, news) {
    return { changes: olds.record.comment !== news.record.comment };
  },
  async update(id, olds, news) {
    return { outs: { record: news.record } };
  },
  async delete(id, { record }) {
    const response = await fetch(process.env.CLOUDFLARE_BASE_URL + '/zones/${zoneId}/dns_records', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + process.env.CLOUDFLARE_API_TOKEN },
      body: JSON.stringify(record),
    });
    if (!response.ok) {
      throw new Error('not put back: ' + (await response.text()));
    }
  },
};

class PreviousRecord extends dynamic.Resource {
  constructor(name, record) {
    super(previous, name, { record });
  }
}

const config = new Config();
console.log('node ' + process.version);
if (config.getBoolean('broken')) {
  throw new Error('this program is broken');
}
const old = { ...${JSON.stringify(previous)}, comment: config.get('comment') ?? 'by hand' };
const dependsOn = new PreviousRecord('previous', old);
const args = { zoneId: '${zoneId}', name: 'www.example.org', type: 'A', content: '203.0.113.7', ttl: 300 };
const found = config.get('import');
export const id = new DnsRecord('www', args, { dependsOn, ...(found ? { import: found } : {}) }).id;
`;

let engine: Engine;
let api: CloudflareApi;
let folder: EngineFolder;

beforeAll(async () => {
  engine = await ensureEngine();
}, ENGINE_TIMEOUT_MS);

beforeEach(async () => {
  api = await startCloudflareApi({
    zones: [{ name: 'example.org', id: zoneId }],
    tokens: { [token]: dnsEdit },
  });
});

afterEach(async () => {
  await folder[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function project(main: string, nodeFolder: string): Promise<void> {
  const environment = { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: api.url };
  folder = await engineFolder(engine, { environment, nodeFolder });
  await installCloudflarePlugin(folder.environment.PULUMI_HOME ?? '');
  const runtime = 'runtime:\n  name: nodejs\n  options:\n    typescript: false\n';
  await folder.write('Pulumi.yaml', `name: literal\n${runtime}main: ${main}\n`);
  await folder.write(main, program);
  succeeds(await folder.pulumi(['stack', 'init', 'test']));
}

function succeeds(run: PulumiRun): string {
  expect(run.exitCode, run.output).toBe(0);
  return run.output;
}

const contents = () => api.zones.flatMap((zone) => zone.list()).map((record) => record.content);

describe('pulumi', { timeout: TEST_TIMEOUT_MS }, () => {
  it('goes up, stays, finds drift, updates, fails visibly, and goes down', async () => {
    await project('dist/stacks/index.js', ownNodeFolder);
    await folder.write('package.json', '{ "type": "module" }');
    const up = succeeds(await folder.pulumi(['up', '--yes']));
    expect(up).toMatch(/\+ 3 created/);
    expect(up).not.toMatch(/warning/i);
    expect(up).toContain('node v24.');
    succeeds(await folder.pulumi(['preview', '--expect-no-changes']));
    succeeds(await folder.pulumi(['refresh', '--yes', '--skip-preview', '--expect-no-changes']));
    const [zone] = api.zones;
    zone?.patch(zone.list()[0]?.id ?? '', { content: '203.0.113.99' });
    const update = succeeds(
      await folder.pulumi(['up', '--refresh', '--yes', '--skip-preview', '-c', 'comment=other']),
    );
    expect(update).toMatch(/~ 2 updated/);
    const broken = await folder.pulumi(['up', '--yes', '--skip-preview', '-c', 'broken=true']);
    expect(broken.exitCode).not.toBe(0);
    expect(broken.output).toContain('this program is broken');
    expect(contents()).toEqual(['203.0.113.7']);
    succeeds(await folder.pulumi(['config', 'rm', 'broken']));
    const down = succeeds(await folder.pulumi(['destroy', '--yes', '--skip-preview']));
    expect(down).toMatch(/- 3 deleted/);
    expect(api.zones[0]?.list()).toMatchObject([{ ...previous, comment: 'other' }]);
    await expect(state()).resolves.not.toContain(token);
  });

  it('imports and updates for an installed package, on the machine’s own old Node', async () => {
    const old = await oldNode();
    await project('installed/node_modules/reach4/dist/stacks/index.js', old.folder);
    await folder.write(
      'installed/node_modules/reach4/package.json',
      '{ "name": "reach4", "type": "module" }',
    );
    const existing = api.zones[0]?.create(previous);
    const adopt = ['-c', `import=${zoneId}/${existing?.id}`];
    const up = succeeds(await folder.pulumi(['up', '--yes', '--skip-preview', ...adopt]));
    expect(up).toContain(`node ${old.version}`);
    expect(api.zones[0]?.list()).toMatchObject([{ id: existing?.id, content: '203.0.113.7', comment: null }]);
    succeeds(await folder.pulumi(['up', '--yes', '--skip-preview', '--expect-no-changes']));
    succeeds(await folder.pulumi(['destroy', '--yes', '--skip-preview']));
    expect(contents()).toEqual(['203.0.113.1']);
  });

  it('does not download a provider that is missing', async () => {
    await project('dist/stacks/index.js', ownNodeFolder);
    await folder.write('package.json', '{ "type": "module" }');
    const home = { PULUMI_HOME: `${folder.path}/empty-home` };
    const up = await folder.pulumi(['up', '--stack', 'test', '--yes', '--skip-preview'], home);
    expect(up.exitCode).not.toBe(0);
    expect(up.output).toMatch(/cloudflare/);
    expect(contents()).toEqual([]);
  });
});

/** All that the file backend keeps, as one text. */
async function state(): Promise<string> {
  const entries = await readdir(`${folder.path}/state`, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((entry) => readFile(`${entry.parentPath}/${entry.name}`, 'utf8')),
  );
  expect(texts.length).toBeGreaterThan(0);
  return texts.join('\n');
}

/** A Node older than reach4 supports, where the machine has one; else reach4's own, and the test says so. */
async function oldNode(): Promise<{ folder: string; version: string }> {
  for (const candidate of ['/usr/bin', '/usr/local/bin', '/bin']) {
    const { stdout, failed } = await execa(`${candidate}/node`, ['--version'], { reject: false });
    if (!failed && Number(/^v(\d+)\./.exec(stdout)?.[1]) < OLDEST_SUPPORTED_NODE) {
      return { folder: candidate, version: stdout };
    }
  }
  console.warn(
    `no Node older than ${OLDEST_SUPPORTED_NODE} on this machine: tried with reach4's own instead`,
  );
  return { folder: ownNodeFolder, version: process.version };
}
