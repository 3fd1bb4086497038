import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dnsEdit, type Tokens, testToken } from './cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare/api/server.ts';
import type { RecordInput } from './cloudflare/record.ts';

const zoneId = 'a'.repeat(32);
const tokens: Tokens = {
  [testToken('edit')]: dnsEdit,
  [testToken('read')]: { zone: 'read', dns: 'read' },
  [testToken('blind')]: { zone: 'none', dns: 'edit' },
  [testToken('other')]: { zone: 'read', dns: 'edit', zones: ['example.net'] },
};
const a: RecordInput = { type: 'A', name: 'www.example.org', content: '203.0.113.7', ttl: 300 };

let api: CloudflareApi;
beforeAll(async () => {
  api = await startCloudflareApi({ zones: [{ name: 'example.org', id: zoneId }], tokens });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  api.reset();
  const [zone] = api.zones;
  for (const record of zone?.list() ?? []) {
    zone?.delete(record.id);
  }
});

interface Answer {
  status: number;
  result: unknown;
  /** Code and codes of the chain. */
  codes: number[];
}

interface Envelope {
  result: unknown;
  errors: { code: number; error_chain?: { code: number }[] }[];
}

async function call(method: string, path: string, body?: unknown, token = 'edit'): Promise<Answer> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${testToken(token)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { result, errors } = (await response.json()) as Envelope;
  const codes = errors.flatMap((error) => [error.code, ...(error.error_chain ?? []).map((one) => one.code)]);
  return { status: response.status, result, codes };
}

const records = `/zones/${zoneId}/dns_records`;

describe('tokens', () => {
  it.each([
    ['verify, known', 'edit', '/user/tokens/verify', 200, []],
    ['verify, unknown', 'nobody', '/user/tokens/verify', 401, [1000]],
    ['records, unknown', 'nobody', records, 403, [10000]],
    ['records of another zone', 'other', records, 403, [10000]],
    ['zone without Zone:Read', 'blind', `/zones/${zoneId}`, 403, [10000]],
    ['no such zone', 'edit', `/zones/${'b'.repeat(32)}`, 404, [7003]],
    ['ranges need no right', 'nobody', '/ips', 200, []],
  ])('%s', async (_what, token, path, status, codes) => {
    expect(await call('GET', path, undefined, token)).toMatchObject({ status, codes });
  });

  it('shows no zone to a token that may read none', async () => {
    expect((await call('GET', '/zones?name=example.org', undefined, 'blind')).result).toEqual([]);
    expect((await call('GET', '/zones?name=example.org')).result).toMatchObject([
      { id: zoneId, status: 'active' },
    ]);
  });

  it('does not let a reader write', async () => {
    expect(await call('POST', records, a, 'read')).toMatchObject({ status: 403, codes: [10000] });
  });

  it.each([
    ['malformed', 'Bearer short', [6003, 6111]],
    ['not a bearer', 'Basic abc', [6003, 6111]],
  ])('refuses a token that is %s', async (_what, authorization, codes) => {
    const response = await fetch(`${api.url}${records}`, { headers: { authorization } });
    const { errors } = (await response.json()) as Envelope;
    expect(response.status).toBe(400);
    expect([errors[0]?.code, errors[0]?.error_chain?.[0]?.code]).toEqual(codes);
  });
});

describe('records', () => {
  it('creates, reads, replaces, patches, deletes', async () => {
    const created = await call('POST', records, a);
    const { id } = created.result as { id: string };
    expect((await call('GET', `${records}/${id}`)).result).toEqual(created.result);
    expect((await call('PUT', `${records}/${id}`, { ...a, ttl: 60 })).result).toMatchObject({ ttl: 60 });
    expect((await call('PATCH', `${records}/${id}`, { comment: 'x' })).result).toMatchObject({
      comment: 'x',
    });
    expect((await call('DELETE', `${records}/${id}`)).result).toEqual({ id });
    expect(await call('DELETE', `${records}/${id}`)).toMatchObject({ status: 404, codes: [81044] });
  });

  it('answers a broken rule with status 400', async () => {
    await call('POST', records, a);
    expect(await call('POST', records, a)).toEqual({ status: 400, result: null, codes: [81058] });
    expect(await call('POST', records, { ...a, ttl: '300' })).toMatchObject({ status: 400, codes: [6007] });
  });

  it('does a batch', async () => {
    const { id } = (await call('POST', records, a)).result as { id: string };
    const cname = { ...a, type: 'CNAME', content: 'relay.example.net' };
    const done = await call('POST', `${records}/batch`, { deletes: [{ id }], posts: [cname] });
    expect(done.result).toMatchObject({
      deletes: [{ id }],
      posts: [{ type: 'CNAME' }],
      puts: [],
      patches: [],
    });
  });

  it('filters', async () => {
    await call('POST', records, a);
    await call('POST', records, { ...a, type: 'AAAA', content: '2001:db8::7' });
    await call('POST', records, { ...a, name: 'x.www.example.org' });
    const found = async (query: string) =>
      ((await call('GET', `${records}?${query}`)).result as unknown[]).length;
    expect(await found('name.exact=www.example.org&type=A')).toBe(1);
    expect(await found('name=WWW.example.org.')).toBe(2);
    expect(await found('content=2001:db8::7')).toBe(1);
    expect(await found('proxied=true')).toBe(0);
  });

  it('has an empty page after the last', async () => {
    for (const octet of [1, 2, 3]) {
      await call('POST', records, { ...a, content: `203.0.113.${octet}` });
    }
    const sizes = [];
    for (const page of [1, 2, 3]) {
      sizes.push(((await call('GET', `${records}?per_page=2&page=${page}`)).result as unknown[]).length);
    }
    expect(sizes).toEqual([2, 1, 0]);
  });

  it('works without /client/v4', async () => {
    const headers = { authorization: `Bearer ${testToken('edit')}` };
    expect((await fetch(`http://127.0.0.1:${api.port}${records}`, { headers })).status).toBe(200);
  });
});

describe('faults and the log', () => {
  it('fails the next requests as told, then no more', async () => {
    api.failNext({ kind: 'rate-limit', count: 2, retryAfter: 1 });
    api.failNext({ kind: 'server-error', method: 'POST' });
    expect((await call('GET', records)).status).toBe(429);
    expect((await call('POST', records, a)).status).toBe(429);
    expect((await call('GET', records)).status).toBe(200);
    expect((await call('POST', records, a)).status).toBe(500);
    expect((await call('POST', records, a)).status).toBe(200);
  });

  it('hangs until the client gives up', async () => {
    api.failNext({ kind: 'hang' });
    const headers = { authorization: `Bearer ${testToken('edit')}` };
    const signal = AbortSignal.timeout(50);
    await expect(fetch(`${api.url}${records}`, { headers, signal })).rejects.toThrow(/timeout/);
  });

  it('logs requests without the token', async () => {
    await call('POST', records, a);
    expect(api.requests).toMatchObject([
      { method: 'POST', path: `/client/v4${records}`, body: a, status: 200 },
    ]);
    expect(JSON.stringify(api.requests)).not.toContain(testToken('edit'));
  });
});
