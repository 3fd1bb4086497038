import { describe, expect, test } from 'vitest';
import { checkAccess, noZoneSentence, openZone, type Preflight } from '../../src/cloud/cloudflare.ts';
import { UserError } from '../../src/model/error.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/ports.ts';

const TOKEN = 'unit-test-token-'.padEnd(40, '0');
const ZONE = { id: 'z1', name: 'example.com', status: 'active' };
const signal = new AbortController().signal;

type Reply = HttpResult | { status?: number; result?: unknown; code?: number; message?: string };

const ok = (result: unknown): Reply => ({ result });
const error = (status: number, code: number, message: string): Reply => ({ status, code, message });

function asResult(reply: Reply): HttpResult {
  if ('ok' in reply) return reply;
  const { status = 200, result = null, code, message } = reply;
  const errors = code === undefined ? [] : [{ code, message }];
  return {
    ok: true,
    status,
    headers: {},
    body: JSON.stringify({ result, success: status < 400, errors }),
    ms: 1,
  };
}

/** The API, as a table from `METHOD path` (from its beginning) to replies, one a request, the last one again. */
interface Fake extends Preflight {
  readonly asked: HttpRequest[];
  readonly slept: number[];
}

function api(table: Record<string, Reply | Reply[]>, env: Record<string, string> = {}): Fake {
  const asked: HttpRequest[] = [];
  const slept: number[] = [];
  const left = new Map(
    Object.entries(table).map(([key, reply]) => [key, Array.isArray(reply) ? [...reply] : [reply]]),
  );
  return {
    asked,
    slept,
    env: { CLOUDFLARE_API_TOKEN: TOKEN, ...env },
    clock: { sleep: async (ms) => void slept.push(ms) },
    net: {
      http: async (request) => {
        asked.push(request);
        const url = new URL(request.url);
        const line = `${request.method} ${url.pathname.replace('/client/v4', '')}${url.search}`;
        const key = [...left.keys()]
          .filter((start) => line.startsWith(start))
          .sort((a, b) => b.length - a.length)[0];
        const replies = left.get(key ?? '');
        if (replies === undefined) return asResult(ok([]));
        return asResult((replies.length > 1 ? replies.shift() : replies[0]) ?? ok([]));
      },
    },
  };
}

const VERIFIED = { 'GET /user/tokens/verify': ok({ status: 'active' }) };
const REFUSED_CREATE = {
  'POST /zones/z1/dns_records': error(400, 9005, 'Content for A record must be valid.'),
};
const HEALTHY = { ...VERIFIED, ...REFUSED_CREATE, 'GET /zones?name=example.com&': ok([ZONE]) };
const record = (type: string, content: string, more = {}) => ({
  id: `${type}-1`,
  name: 'home.example.com',
  type,
  content,
  ttl: 300,
  proxied: false,
  ...more,
});

const sentence = (world: Fake, name = 'home.example.com'): Promise<string> =>
  openZone(name, world, signal).then(
    () => 'no error',
    (thrown: unknown) => {
      expect(thrown).toBeInstanceOf(UserError);
      return (thrown as UserError).message;
    },
  );

describe('the environment', () => {
  test.each([
    ['', /CLOUDFLARE_API_TOKEN is not set; expected an API token with the rights Zone:Read and DNS:Edit/u],
    ['short', /is no API token \(5 characters\)/u],
    [`"${TOKEN}"`, /is no API token/u],
    [`${TOKEN}\n`, /is no API token/u],
    ['0123456789abcdef0123456789abcdef01234', /global API key/u],
  ])('token %j', async (token, expected) => {
    const world = api(HEALTHY, { CLOUDFLARE_API_TOKEN: token });
    const said = await sentence(world);
    expect(said).toMatch(expected);
    if (token !== '') expect(said).not.toContain(token.trim());
    expect(world.asked).toEqual([]);
  });

  test.each([
    ['', 'https://api.cloudflare.com/client/v4/'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['http://127.0.0.1:8080/client/v4/', 'http://127.0.0.1:8080/client/v4/'],
  ])('base URL %j', async (given, expected) => {
    const world = api(HEALTHY, { CLOUDFLARE_BASE_URL: given });
    await openZone('home.example.com', world, signal);
    expect(world.asked.filter(({ url }) => !url.startsWith(expected))).toEqual([]);
    expect(world.asked.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
  });

  test('a base URL that is none', async () => {
    expect(await sentence(api(HEALTHY, { CLOUDFLARE_BASE_URL: 'nonsense' }))).toMatch(/is no URL of an API/u);
  });
});

describe('each obstacle has its sentence', () => {
  const denied = error(403, 10000, 'Authentication error');
  const down: Reply = { ok: false, reason: { code: 'unreachable', detail: 'ECONNREFUSED' }, ms: 1 };
  const slow: Reply = { ok: false, reason: { code: 'timed-out' }, ms: 10_000 };
  test.each<[string, Record<string, Reply | Reply[]>, RegExp]>([
    [
      'expired',
      { 'GET /user/tokens/verify': ok({ status: 'expired' }) },
      /token in CLOUDFLARE_API_TOKEN is expired/u,
    ],
    ['disabled', { 'GET /user/tokens/verify': ok({ status: 'disabled' }) }, /is disabled/u],
    [
      'unknown',
      { 'GET /user/tokens/verify': error(401, 1000, 'Invalid API Token'), 'GET /zones': denied },
      /doesn't accept the token/u,
    ],
    [
      'malformed',
      {
        'GET /user/tokens/verify': error(400, 6003, 'Invalid request headers'),
        'GET /zones': error(400, 6003, 'Invalid request headers'),
      },
      /doesn't accept the token/u,
    ],
    ['no Zone:Read, said', { ...VERIFIED, 'GET /zones': denied }, /may not look up zones.*Zone:Read/u],
    ['no Zone:Read, silently', { ...VERIFIED }, /sees no zone at all.*Zone:Read/u],
    [
      'no DNS:Edit',
      { ...HEALTHY, 'POST /zones/z1/dns_records': denied },
      /may not change the DNS records of example\.com.*DNS:Edit/u,
    ],
    [
      'zone gone',
      { ...HEALTHY, 'POST /zones/z1/dns_records': error(404, 7003, 'Could not route') },
      /no longer in the account/u,
    ],
    ['no DNS:Read', { ...HEALTHY, 'GET /zones/z1/dns_records': denied }, /can't be read/u],
    ['unreachable', { 'GET /user': down }, /can't be reached \(unreachable: ECONNREFUSED\)/u],
    ['time-out', { 'GET /user': slow }, /did not answer within 10 s/u],
    ['out of order', { 'GET /user': error(503, 0, 'x') }, /out of order \(status 503\)/u],
    ['too many', { 'GET /user': error(429, 10429, 'slow down') }, /too many requests.*five minutes/u],
    [
      'a portal',
      { 'GET /user': { ok: true, status: 200, headers: {}, body: '<html>', ms: 1 } },
      /doesn't speak like Cloudflare's API/u,
    ],
    [
      'accepts nonsense',
      { ...HEALTHY, 'POST /zones/z1/dns_records': ok({ id: 'x' }) },
      /accepts a record without name/u,
    ],
  ])('%s', async (_, table, expected) => {
    const said = await sentence(api(table));
    expect(said).toMatch(expected);
    expect(said).not.toContain(TOKEN);
  });

  test('a code alone decides nothing: 10000 came with successful answers too', async () => {
    const verify = {
      result: { status: 'active' },
      code: 10000,
      message: 'This API Token is valid and active',
    };
    expect(
      await openZone('home.example.com', api({ ...HEALTHY, 'GET /user/tokens/verify': verify }), signal),
    ).not.toBeNull();
  });

  test("an account's token is unknown to the check for users and works", async () => {
    const world = api({ ...HEALTHY, 'GET /user/tokens/verify': error(401, 1000, 'Invalid API Token') });
    expect(await openZone('home.example.com', world, signal)).toMatchObject({ zone: ZONE });
  });

  test('trouble that passes is waited for, a little', async () => {
    const world = api({
      ...HEALTHY,
      'GET /user/tokens/verify': [error(502, 0, 'x'), slow, ok({ status: 'active' })],
    });
    await openZone('home.example.com', world, signal);
    expect(world.slept).toEqual([500, 2000]);
  });

  test('access is checked again before the engine runs', async () => {
    await checkAccess(ZONE, api(HEALTHY), signal);
    await expect(
      checkAccess(ZONE, api({ ...HEALTHY, 'POST /zones/z1/dns_records': denied }), signal),
    ).rejects.toThrow(/DNS:Edit/u);
    const unknown = { 'GET /user': error(401, 1000, 'Invalid API Token'), 'POST /zones/z1': denied };
    await expect(checkAccess(ZONE, api(unknown), signal)).rejects.toThrow(/doesn't accept the token/u);
  });
});

describe('the zone', () => {
  test('is found by whole labels, the closest first', async () => {
    const world = api({ ...HEALTHY, 'GET /zones': ok([ZONE]) });
    expect(await openZone('notexample.com', world, signal)).toBeNull();
    const asked = world.asked
      .map(({ url }) => new URL(url).searchParams.get('name'))
      .filter((name) => name !== null);
    expect(asked).toEqual(['notexample.com']);
    const near = { ...ZONE, id: 'z1', name: 'home.example.com' };
    const both = api({ ...HEALTHY, 'GET /zones?name=home.example.com&': ok([near]) });
    expect(await openZone('www.home.example.com', both, signal)).toMatchObject({ zone: near });
  });

  test('an active one is preferred to one of the same name that is not', async () => {
    const zones = [{ ...ZONE, id: 'z0', status: 'pending' }, ZONE];
    const world = api({ ...HEALTHY, 'GET /zones?name=example.com&': ok(zones) });
    expect(await openZone('home.example.com', world, signal)).toMatchObject({ zone: { id: 'z1' } });
  });

  test('a missing one is told with those that are there', async () => {
    const seven = Array.from({ length: 7 }, (_, index) => ({ ...ZONE, name: `zone${index}.example` }));
    const said = await noZoneSentence('home.example.org', api({ 'GET /zones': ok(seven) }), signal);
    expect(said).toBe(
      'No zone that the token in CLOUDFLARE_API_TOKEN sees holds home.example.org (it sees zone0.example, zone1.example, zone2.example, zone3.example, zone4.example, and 2 more)',
    );
  });
});

describe('the records of a name', () => {
  test('address records in full, a CNAME by its target, a delegation by where it is', async () => {
    const list = [
      record('A', '81.2.99.77', { comment: 'x', modified_on: '2026-01-01T00:00:00Z' }),
      record('TXT', 'v=spf1'),
    ];
    const world = api({ ...HEALTHY, 'GET /zones/z1/dns_records?name.exact=home.example.com': ok(list) });
    const found = await openZone('home.example.com', world, signal);
    expect(found).toEqual({
      zone: ZONE,
      addresses: [
        {
          id: 'A-1',
          name: 'home.example.com',
          type: 'A',
          content: '81.2.99.77',
          ttl: 300,
          proxied: false,
          comment: 'x',
          tags: [],
          settings: {},
          modifiedOn: '2026-01-01T00:00:00Z',
        },
      ],
      cname: null,
      delegatedAt: null,
    });
    const alias = api({
      ...HEALTHY,
      'GET /zones/z1/dns_records?name.exact=home': ok([record('CNAME', 'x.example.net')]),
    });
    expect(await openZone('home.example.com', alias, signal)).toMatchObject({
      addresses: [],
      cname: 'x.example.net',
    });
  });

  test('a delegation between the name and the zone counts', async () => {
    const ns = { ...record('NS', 'ns1.dyn.example'), name: 'dyn.example.com' };
    const world = api({
      ...HEALTHY,
      'GET /zones/z1/dns_records?name.exact=dyn.example.com&type=NS': ok([ns]),
    });
    expect(await openZone('home.dyn.example.com', world, signal)).toMatchObject({
      delegatedAt: 'dyn.example.com',
    });
  });

  test('page after page, and no further than reason goes', async () => {
    const full = Array.from({ length: 100 }, (_, index) =>
      record('A', `81.2.99.${index}`, { id: `r${index}` }),
    );
    const path = 'GET /zones/z1/dns_records?name.exact=home.example.com';
    const two = api({ ...HEALTHY, [path]: [ok(full), ok([record('AAAA', '2a0b::1')])] });
    expect((await openZone('home.example.com', two, signal))?.addresses).toHaveLength(101);
    const endless = api({ ...HEALTHY, [path]: ok(full) });
    expect((await openZone('home.example.com', endless, signal))?.addresses).toHaveLength(2000);
  });
});
