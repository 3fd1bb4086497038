import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkTunnels,
  freeTunnelName,
  openTunnels,
  type TunnelWorld,
  tunnelNow,
} from '../../src/cloud/cloudflare/tunnels.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { dnsEdit, testToken, tunnelEdit } from '../engine/cloudflare/api/access.ts';
import { ACCOUNT_ID } from '../engine/cloudflare/api/routes.ts';
import { type CloudflareApi, startCloudflareApi } from '../engine/cloudflare/api/server.ts';
import { ZONE } from '../support/names.ts';

const { signal } = new AbortController();
const zone = { id: 'zone', name: ZONE };
const account = { id: ACCOUNT_ID, name: 'reach4 test account' };

let api: CloudflareApi;
beforeEach(async () => {
  api = await startCloudflareApi({
    zones: [{ name: ZONE, id: 'zone' }],
    tokens: {
      [testToken('edit')]: tunnelEdit,
      [testToken('read')]: { ...dnsEdit, tunnel: 'read' },
      [testToken('dns')]: dnsEdit,
    },
  });
});
afterEach(() => api[Symbol.asyncDispose]());

const world = (token = 'edit'): TunnelWorld => ({
  ...nodePorts(),
  env: { CLOUDFLARE_API_TOKEN: testToken(token), CLOUDFLARE_BASE_URL: api.url },
});
const made = (name = 'home') => api.tunnels.create({ name, config_src: 'cloudflare' }).id;

describe('the right to make tunnels', () => {
  test('is found out without making or ending one', async () => {
    const id = made();
    expect(await openTunnels(zone, world(), signal)).toEqual(account);
    await checkTunnels(account, world(), signal);
    expect(api.tunnels.list({})).toMatchObject([{ id, deleted_at: null }]);
  });

  test.each(['read', 'dns'])('is missing with "%s": said before anything is changed', async (token) => {
    await expect(openTunnels(zone, world(token), signal)).rejects.toThrow(
      /may not make tunnels in the account reach4 test account .* Cloudflare Tunnel > Edit/u,
    );
  });
});

describe('how a tunnel is', () => {
  const now = (id: string) => tunnelNow(ACCOUNT_ID, id, world(), signal);

  test('never connected, connected, lost, deleted, unknown', async () => {
    const id = made();
    expect(await now(id)).toEqual({ deleted: false, status: 'inactive', connectors: [] });
    const connector = api.tunnels.connect(api.tunnels.token(id), null);
    expect(await now(id)).toMatchObject({
      status: 'healthy',
      connectors: [{ id: connector, version: '2026.4.0', at: ['fra06', 'ams01', 'fra06', 'ams01'] }],
    });
    api.tunnels.lose(connector);
    expect(await now(id)).toEqual({ deleted: false, status: 'down', connectors: [] });
    api.tunnels.delete(id, true);
    expect(await now(id)).toMatchObject({ deleted: true, connectors: [] });
    expect(await now('11111111-1111-4111-8111-111111111111')).toBeNull();
  });

  test('is not told to who may not read it', async () => {
    await expect(tunnelNow(ACCOUNT_ID, made(), world('dns'), signal)).rejects.toThrow(/can't be read/u);
  });
});

describe('a name that is taken', () => {
  const free = (name: string) => freeTunnelName(ACCOUNT_ID, name, world(), signal);
  const alive = () => api.tunnels.list({ isDeleted: false }).map(({ name }) => name);

  test("an unrecorded tunnel goes, others' stay, and again without harm", async () => {
    made('ours');
    made('theirs');
    await free('ours');
    await free('ours');
    expect(alive()).toEqual(['theirs']);
  });

  test('one that somebody is connected to stays', async () => {
    api.tunnels.connect(api.tunnels.token(made('ours')), null);
    await expect(free('ours')).rejects.toThrow(/There is a tunnel ours already.* active connections/u);
    expect(alive()).toEqual(['ours']);
  });
});
