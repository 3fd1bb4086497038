/** The real engine and the real SDK through the Automation API, with an inline program: no language host is needed. */

import { DnsRecord, type DnsRecordArgs } from '@pulumi/cloudflare/dnsRecord.js';
import { getDnsRecords } from '@pulumi/cloudflare/getDnsRecords.js';
import { getZone } from '@pulumi/cloudflare/getZone.js';
import { getZones } from '@pulumi/cloudflare/getZones.js';
import { LocalWorkspace, PulumiCommand, type Stack } from '@pulumi/pulumi/automation/index.js';
import type { CustomResourceOptions } from '@pulumi/pulumi/index.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dnsEdit, testToken } from './cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare/api/server.ts';
import { startCloudflareProvider } from './cloudflare/provider/start.ts';
import type { ZoneRecord } from './cloudflare/record.ts';
import type { Zone } from './cloudflare/zone.ts';
import { ENGINE_TIMEOUT_MS, ensureEngine } from './engine.ts';
import { type EngineFolder, engineFolder } from './folder.ts';
import type { RunningProvider } from './provider/server.ts';

const zoneId = 'a'.repeat(32);
const token = testToken('automation');
const wanted: DnsRecordArgs = {
  zoneId,
  name: 'www.example.org',
  type: 'A',
  content: '203.0.113.7',
  ttl: 300,
};
/** Milliseconds; a command of the engine takes one to two seconds, a test up to six of them on a busy machine. */
const TEST_TIMEOUT_MS = 90_000;

let folder: EngineFolder;
let api: CloudflareApi;
let provider: RunningProvider;
let stack: Stack;
/** What the inline program declares; a test changes it between two runs. */
let program: () => Promise<Record<string, unknown>> | Record<string, unknown>;

beforeAll(async () => {
  const engine = await ensureEngine();
  api = await startCloudflareApi({
    zones: [{ name: 'example.org', id: zoneId }],
    tokens: { [token]: dnsEdit },
  });
  provider = await startCloudflareProvider({
    environment: { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: api.url },
    retryBaseMs: 5,
  });
  folder = await engineFolder(engine);
  stack = await LocalWorkspace.createStack(
    { stackName: 'test', projectName: 'automation', program: async () => program() },
    {
      workDir: folder.path,
      pulumiCommand: await PulumiCommand.get({ root: engine.root, skipVersionCheck: true }),
      envVars: { ...folder.environment, PULUMI_DEBUG_PROVIDERS: provider.attach },
    },
  );
}, ENGINE_TIMEOUT_MS);

afterAll(async () => {
  await provider?.[Symbol.asyncDispose]();
  await api?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

beforeEach(() => api.reset());

afterEach(async () => {
  api.reset();
  await stack.destroy();
  for (const record of zone().list()) {
    zone().delete(record.id);
  }
}, TEST_TIMEOUT_MS);

function zone(): Zone {
  const [only] = api.zones;
  if (only === undefined) {
    throw new Error('the stand-in has no zone');
  }
  return only;
}

function declare(args: DnsRecordArgs, options?: CustomResourceOptions): void {
  program = () => ({ id: new DnsRecord('www', args, options).id });
}

/** The changes of one `up`, without the stack itself. */
async function up(): Promise<Record<string, number>> {
  const { summary } = await stack.up();
  return { ...summary.resourceChanges };
}

/** The requests that wrote something. */
function writes(): string[] {
  return api.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
}

describe('a record', { timeout: TEST_TIMEOUT_MS }, () => {
  it('is created, stays, is refreshed without drift, and goes', async () => {
    declare(wanted);
    expect(await up()).toMatchObject({ create: 2 });
    expect(api.requests.find(({ method }) => method === 'POST')?.body).toEqual({
      content: '203.0.113.7',
      name: 'www.example.org',
      proxied: false,
      ttl: 300,
      type: 'A',
    });
    expect(await up()).toEqual({ same: 2 });
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 2 });
    await stack.destroy();
    expect(zone().list()).toEqual([]);
    expect(writes()).toEqual(['POST', 'DELETE']);
  });

  it('that existed is imported and updated in one up, with the import left in the program', async () => {
    const { id } = zone().create({ ...existing, comment: 'by hand', ttl: 60, content: '203.0.113.1' });
    declare(wanted, { import: `${zoneId}/${id}` });
    await up();
    expect(zone().get(id)).toMatchObject({ content: '203.0.113.7', ttl: 300, comment: null });
    expect(api.requests.find(({ method }) => method === 'PUT')?.body).toEqual({
      comment: null,
      content: '203.0.113.7',
      name: 'www.example.org',
      proxied: false,
      settings: {},
      tags: [],
      ttl: 300,
      type: 'A',
    });
    expect(await up()).toEqual({ same: 2 });
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 2 });
  });

  it('that drifted is found by refresh and set right by up', async () => {
    declare(wanted);
    await up();
    const { id } = only();
    zone().patch(id, { content: '203.0.113.99' });
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 1, update: 1 });
    expect(await up()).toEqual({ same: 1, update: 1 });
    expect(zone().get(id).content).toBe('203.0.113.7');
  });

  it('that somebody deleted is dropped by refresh and made again by up', async () => {
    declare(wanted);
    await up();
    zone().delete(only().id);
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 1, delete: 1 });
    expect(await up()).toEqual({ same: 1, create: 1 });
    // Deleted without a refresh: an error, as with the real provider.
    zone().delete(only().id);
    await expect(stack.destroy()).rejects.toThrow(/81044/);
    await stack.refresh();
  });

  it('changes its type by a new record, which collides unless the old one goes first', async () => {
    declare(wanted);
    await up();
    const cname = { ...wanted, type: 'CNAME', content: 'relay.example.net' };
    declare(cname);
    await expect(stack.up()).rejects.toThrow(/81053/);
    declare(cname, { deleteBeforeReplace: true });
    await up();
    expect(zone().list()).toMatchObject([{ type: 'CNAME' }]);
  });

  it('is not created proxied with a TTL of its own, but drifts if it is updated to that', async () => {
    declare({ ...wanted, proxied: true });
    await expect(stack.up()).rejects.toThrow(/ttl must be set to 1/);
    declare(wanted);
    await up();
    declare({ ...wanted, proxied: true });
    expect(await up()).toMatchObject({ update: 1 });
    expect(await up()).toMatchObject({ update: 1 });
    declare({ ...wanted, proxied: true, ttl: 1 });
    await up();
    expect(await up()).toEqual({ same: 2 });
  });
});

const existing = { type: 'A', name: 'www.example.org' };

function only(): ZoneRecord {
  const [record, ...more] = zone().list();
  if (record === undefined || more.length > 0) {
    throw new Error(`expected one record, found ${zone().list().length}`);
  }
  return record;
}

describe('requests', { timeout: TEST_TIMEOUT_MS }, () => {
  it('are tried again after 429, 500 and 409, and not after 403', async () => {
    declare(wanted);
    api.failNext({ kind: 'rate-limit', count: 2, retryAfter: 0 });
    api.failNext({ kind: 'server-error', retryAfter: 0 });
    api.failNext({ kind: 'conflict' });
    await up();
    expect(writes()).toEqual(['POST', 'POST', 'POST', 'POST', 'POST']);
    api.reset();
    api.failNext({ kind: 'forbidden', count: 9 });
    declare({ ...wanted, ttl: 60 });
    await expect(stack.up()).rejects.toThrow(/10000/);
    expect(writes()).toEqual(['PUT']);
  });

  it('look zones and records up', async () => {
    zone().create({ ...existing, content: '203.0.113.1', comment: 'by hand', ttl: 60 });
    zone().create({ ...existing, content: '203.0.113.2', ttl: 60 });
    program = async () => {
      const found = await getZone({ filter: { name: 'example.org' } });
      const { results: zones } = await getZones({ name: 'example.org' });
      const name = { exact: 'www.example.org' };
      const { results } = await getDnsRecords({ zoneId: found.zoneId, name, type: 'A' });
      const contents = results.map((record) => [record.id.length, record.content, record.comment ?? null]);
      return { zone: found.zoneId, status: found.status, zones: zones.map((one) => one.name), contents };
    };
    const { outputs } = await stack.up();
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      zone: zoneId,
      status: 'active',
      zones: ['example.org'],
      contents: [
        [32, '203.0.113.1', 'by hand'],
        [32, '203.0.113.2', null],
      ],
    });
  });
});
