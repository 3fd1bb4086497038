import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testToken, tunnelEdit } from './cloudflare/api/access.ts';
import { ACCOUNT_ID } from './cloudflare/api/routes.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare/api/server.ts';
import { CloudflareClient } from './cloudflare/provider/client.ts';
import { importId, inputsOf } from './cloudflare/provider/resource.ts';
import { resourceOf } from './cloudflare/provider/resources.ts';

const token = testToken('provider');
const kindOf = (name: string) => resourceOf(`urn:pulumi:s::reach4::${name}::it`);
const tunnel = kindOf('cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared');
const config = kindOf(
  'reach4:x:Y$cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig',
);
const inputs = { accountId: ACCOUNT_ID, name: 'home', configSrc: 'cloudflare' };

let api: CloudflareApi;
let client: CloudflareClient;
beforeEach(async () => {
  api = await startCloudflareApi({ zones: [], tokens: { [token]: tunnelEdit } });
  client = new CloudflareClient({ baseUrl: api.url, token, retryBaseMs: 1 });
});
afterEach(() => api[Symbol.asyncDispose]());

const last = () => api.requests.at(-1);
const writes = () => api.requests.filter(({ method }) => method !== 'GET');

describe('the tunnel', () => {
  it('sends what the program says, and keeps no token', async () => {
    const { id, state } = await tunnel.create(client, inputs);
    expect(last()).toMatchObject({ method: 'POST', body: { name: 'home', config_src: 'cloudflare' } });
    expect(state).toMatchObject({ ...inputs, status: 'inactive', remoteConfig: true });
    expect(JSON.stringify(state)).not.toContain(api.tunnels.token(id));
    expect(tunnel.changes(state, inputs)).toEqual([]);
  });

  it('patches what changed; another account or source is another tunnel', async () => {
    const { id, state } = await tunnel.create(client, inputs);
    await tunnel.update(client, id, state, { ...inputs, name: 'other' });
    expect(last()).toMatchObject({ method: 'PATCH', body: { name: 'other' } });
    const differ = (more: object) => tunnel.changes(state, { ...inputs, ...more });
    expect(differ({ name: 'other' })).toMatchObject([{ property: 'name', replaces: false }]);
    expect(differ({ accountId: '2' })).toMatchObject([{ replaces: true }]);
    expect(differ({ configSrc: 'local' })).toMatchObject([{ replaces: true }]);
    expect(differ({ configSrc: undefined })).toMatchObject([{ property: 'configSrc', replaces: false }]);
  });

  it('is not missed when it was deleted by hand, only when nobody knows it', async () => {
    const { id, state } = await tunnel.create(client, inputs);
    api.tunnels.delete(id, false);
    const found = await tunnel.read(client, ACCOUNT_ID, id, state);
    expect(found).toMatchObject({ deletedAt: expect.any(String) });
    expect(tunnel.changes(found ?? {}, inputs)).toEqual([]);
    expect(await tunnel.read(client, ACCOUNT_ID, 'nobody', state)).toBeUndefined();
  });

  it('is imported with the source that the API says', async () => {
    const { id } = await tunnel.create(client, inputs);
    expect(importId(`${ACCOUNT_ID}/${id}`)).toEqual({ owner: ACCOUNT_ID, id });
    const found = await tunnel.read(client, ACCOUNT_ID, id, {});
    expect(inputsOf(tunnel, found ?? {}, {})).toEqual(inputs);
  });

  it('tries a name that is taken again and again, then fails; a live connector stops its end', async () => {
    const { id, state } = await tunnel.create(client, inputs);
    await expect(tunnel.create(client, inputs)).rejects.toThrow(/1013/u);
    expect(writes()).toHaveLength(12);
    api.tunnels.connect(api.tunnels.token(id), null);
    await expect(tunnel.remove(client, id, state)).rejects.toThrow(/1022/u);
    expect(tunnel.wrong?.({ ...inputs, configSrc: 'elsewhere' })).toHaveLength(1);
  });
});

describe('its configuration', () => {
  const rest = { service: 'http_status:404' };
  const rule = {
    hostname: 'home.example.org',
    service: 'https://localhost:443',
    originRequest: { originServerName: 'home.example.org', noTlsVerify: true },
  };
  const wanted = (ingresses: object[], tunnelId: string) => ({
    accountId: ACCOUNT_ID,
    tunnelId,
    config: { ingresses },
  });

  it('goes out under the names of the API, and comes back as it was', async () => {
    const { id } = await tunnel.create(client, inputs);
    const own = wanted([rule, rest], id);
    const made = await config.create(client, own);
    expect(made.id).toBe(id);
    expect(last()?.body).toEqual({
      config: {
        ingress: [
          { ...rule, originRequest: { originServerName: 'home.example.org', noTLSVerify: true } },
          rest,
        ],
      },
    });
    const found = await config.read(client, ACCOUNT_ID, id, made.state);
    expect(config.changes(found ?? {}, own)).toEqual([]);
    expect(config.changes(found ?? {}, wanted([rest], id))).toMatchObject([
      { property: 'config', replaces: false },
    ]);
    expect(config.changes(found ?? {}, wanted([rule, rest], 'other'))).toMatchObject([{ replaces: true }]);
  });

  it('drifts where the API echoes more than was sent', async () => {
    const { id } = await tunnel.create(client, inputs);
    const own = wanted([rest], id);
    await config.create(client, own);
    api.tunnels.configure(id, { config: { ingress: [{ ...rest, originRequest: {} }] } });
    const found = await config.read(client, ACCOUNT_ID, id, {});
    expect(config.changes(found ?? {}, own)).toHaveLength(1);
  });

  it('needs its parts, and is never deleted by itself', async () => {
    expect(config.missing({ config: { ingresses: [{ hostname: 'x.example.org' }] } })).toEqual([
      'accountId',
      'tunnelId',
      'config.ingresses[0].service',
    ]);
    await config.remove(client, 'id', {});
    expect(api.requests).toEqual([]);
  });
});
