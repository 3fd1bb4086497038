import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dnsEdit, type Tokens, testToken, tunnelEdit } from './cloudflare/api/access.ts';
import { ACCOUNT_ID } from './cloudflare/api/routes.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare/api/server.ts';

const tokens: Tokens = {
  [testToken('edit')]: tunnelEdit,
  [testToken('read')]: { ...dnsEdit, tunnel: 'read' },
  [testToken('dns')]: dnsEdit,
};
const all = `/accounts/${ACCOUNT_ID}/cfd_tunnel`;

let api: CloudflareApi;
beforeAll(async () => {
  api = await startCloudflareApi({ zones: [{ name: 'example.org' }], tokens });
});
afterAll(() => api[Symbol.asyncDispose]());

interface Answer {
  status: number;
  result: Record<string, unknown>;
  code: number | undefined;
}

async function call(method: string, path: string, body?: unknown, token = 'edit'): Promise<Answer> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${testToken(token)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { result, errors } = (await response.json()) as {
    result: Record<string, unknown>;
    errors: { code: number }[];
  };
  return { status: response.status, result, code: errors[0]?.code };
}

let count = 0;
async function make(more: Record<string, unknown> = {}): Promise<string> {
  count += 1;
  const { result } = await call('POST', all, { name: `tunnel-${count}`, config_src: 'cloudflare', ...more });
  return `${all}/${result.id}`;
}

const tokenOf = async (path: string): Promise<string> =>
  (await call('GET', `${path}/token`)).result as unknown as string;
const connectionsOf = async (path: string) =>
  (await call('GET', `${path}/connections`)).result as unknown as {
    conns: { is_pending_reconnect: boolean }[];
  }[];

describe('rights', () => {
  it.each([
    ['list', 'GET', all, 'read', 200],
    ['list without the right', 'GET', all, 'dns', 403],
    ['make with the right to read', 'POST', all, 'read', 403],
    ['another account', 'GET', `/accounts/${'2'.repeat(32)}/cfd_tunnel`, 'edit', 403],
  ])('%s', async (_what, method, path, token, status) => {
    expect(await call(method, path, undefined, token)).toMatchObject({ status });
  });

  it('shows the token only to who may write', async () => {
    const path = await make();
    expect((await call('GET', `${path}/token`, undefined, 'read')).status).toBe(403);
    const token = JSON.parse(Buffer.from(await tokenOf(path), 'base64').toString());
    expect(token).toEqual({ a: ACCOUNT_ID, t: path.split('/').at(-1), s: expect.any(String) });
  });
});

describe('tunnels', () => {
  it('are made, shown, renamed, deleted, and still shown', async () => {
    const path = await make();
    expect((await call('GET', path)).result).toMatchObject({ status: 'inactive', config_src: 'cloudflare' });
    expect((await call('PATCH', path, { name: 'another' })).result).toMatchObject({ name: 'another' });
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('GET', path)).result).toMatchObject({ deleted_at: expect.any(String) });
    expect((await call('GET', `${all}?name=another&is_deleted=false`)).result).toEqual([]);
    expect((await call('GET', `${all}?name=another`)).result).toHaveLength(1);
    expect((await call('GET', `${path}/token`)).status).toBe(404);
  });

  it('have names of their own while they live', async () => {
    const path = await make({ name: 'mine' });
    expect(await call('POST', all, { name: 'mine' })).toMatchObject({ status: 409, code: 1013 });
    await call('DELETE', path);
    expect((await call('POST', all, { name: 'mine' })).status).toBe(200);
  });

  it.each([
    ['no name', {}],
    ['a source that is none', { name: 'x', config_src: 'dashboard' }],
    ['a secret that is too short', { name: 'x', tunnel_secret: 'c2hvcnQ=' }],
  ])('refuses %s', async (_what, body) => {
    expect((await call('POST', all, body)).status).toBe(400);
  });
});

describe('the configuration', () => {
  const rule = { hostname: 'home.example.org', service: 'https://localhost:443' };
  const rest = { service: 'http_status:404' };

  it('is answered as it was sent, with a version', async () => {
    const path = `${await make()}/configurations`;
    const config = { ingress: [{ ...rule, originRequest: { originServerName: 'home.example.org' } }, rest] };
    expect((await call('PUT', path, { config })).result).toMatchObject({ config, version: 1 });
    expect((await call('PUT', path, { config })).result).toMatchObject({ version: 2 });
    expect((await call('GET', path)).result).toMatchObject({ config, source: 'cloudflare' });
  });

  it.each([
    ['no rule', []],
    ['no catch-all at the end', [rule]],
    ['a catch-all before the end', [rest, rest]],
    ['a port in the host name', [{ ...rule, hostname: 'home.example.org:443' }, rest]],
    ['a wildcard inside', [{ ...rule, hostname: 'a.*.example.org' }, rest]],
    ['a service without a scheme', [{ ...rule, service: 'localhost:443' }, rest]],
    ['a service with a path', [{ ...rule, service: 'https://localhost/admin' }, rest]],
    ['a scheme that nobody knows', [{ ...rule, service: 'gopher://localhost' }, rest]],
    ['a status that is none', [rule, { service: 'http_status:99' }]],
  ])('refuses %s', async (_what, ingress) => {
    const path = await make();
    expect((await call('PUT', `${path}/configurations`, { config: { ingress } })).code).toBe(1056);
  });

  it('is not taken for a tunnel that is configured on the server', async () => {
    const path = await make({ config_src: 'local' });
    expect((await call('PUT', `${path}/configurations`, { config: { ingress: [rest] } })).status).toBe(400);
  });
});

describe('connectors', () => {
  const comes = (token: string, comesBack: number | null = null) =>
    fetch(`http://127.0.0.1:${api.port}/stand-in/connect`, {
      method: 'POST',
      body: JSON.stringify({ token, comesBack }),
    });

  it('keep a tunnel from being deleted, unless they go with it', async () => {
    const path = await make();
    expect((await comes(await tokenOf(path))).status).toBe(200);
    expect((await call('GET', path)).result).toMatchObject({ status: 'healthy', conns_inactive_at: null });
    expect(await connectionsOf(path)).toMatchObject([{ conns: [{}, {}, {}, {}] }]);
    expect(await call('DELETE', path)).toMatchObject({ status: 400, code: 1022 });
    expect((await call('DELETE', `${path}?cascade=true`)).status).toBe(200);
  });

  it('are still tracked when they are lost, and then still in the way', async () => {
    const path = await make();
    const { connector } = (await (await comes(await tokenOf(path))).json()) as { connector: string };
    await fetch(`http://127.0.0.1:${api.port}/stand-in/lose`, {
      method: 'POST',
      body: JSON.stringify({ connector }),
    });
    expect((await connectionsOf(path))[0]?.conns.every((one) => one.is_pending_reconnect)).toBe(true);
    expect((await call('GET', path)).result).toMatchObject({ status: 'down' });
    expect((await call('DELETE', path)).code).toBe(1022);
    await call('DELETE', `${path}/connections`);
    expect((await call('DELETE', path)).status).toBe(200);
  });

  it('come back when they are dropped, as long as their token is right', async () => {
    const path = await make();
    await comes(await tokenOf(path), 20);
    await call('DELETE', `${path}/connections`);
    expect(await connectionsOf(path)).toEqual([]);
    await pause(100);
    expect(await connectionsOf(path)).toHaveLength(1);
    const secret = Buffer.alloc(32, 7).toString('base64');
    await call('PATCH', path, { tunnel_secret: secret });
    expect(await connectionsOf(path)).toHaveLength(1);
    await call('DELETE', `${path}/connections`);
    await pause(100);
    expect(await connectionsOf(path)).toEqual([]);
    expect((await call('DELETE', path)).status).toBe(200);
  });

  it('need the token', async () => {
    const path = await make();
    const old = await tokenOf(path);
    await call('PATCH', path, { tunnel_secret: Buffer.alloc(32, 7).toString('base64') });
    expect((await comes(old)).status).toBe(401);
    expect((await comes('no token')).status).toBe(401);
    expect((await comes(await tokenOf(path))).status).toBe(200);
  });
});
