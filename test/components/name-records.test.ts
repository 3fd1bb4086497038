import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NameRecords } from '../../src/components/name-records.ts';
import { comingBack } from '../../src/model/coming-back.ts';
import { NAME_TYPES, type NameRecordsArgs, type WantedRecord } from '../../src/model/name-records.ts';
import { type ZoneRecord, zoneRecordSchema } from '../../src/model/zone-records.ts';
import { testToken, tunnelEdit } from '../engine/cloudflare/api/access.ts';
import type { Fault } from '../engine/cloudflare/api/faults.ts';
import { ACCOUNT_ID } from '../engine/cloudflare/api/routes.ts';
import { type CloudflareApi, startCloudflareApi } from '../engine/cloudflare/api/server.ts';
import { NAME, OLD4, OTHER4, STABLE6, ZONE } from '../support/names.ts';
import { expectFreezable, frozenTexts, thawed } from './frozen.ts';

const TOKEN = testToken('name');
const TUNNEL = 'f0.cfargotunnel.com';
const COMMENT = 'reach4 stack home';

type Held = NameRecordsArgs & {
  made?: string[];
  hold?: boolean;
  tunnel?: { accountId: string; tunnelId: string };
};

interface Provider {
  create(inputs: Held): Promise<{ id: string; outs: Held }>;
  diff(id: string, olds: unknown, news: unknown): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: Held, news: Held): Promise<{ outs: Held }>;
  read(id: string, state: Held): Promise<{ id: string; props: Held }>;
  delete(id: string, state: Held): Promise<void>;
}

const texts = frozenTexts(
  () => new NameRecords({ zoneId: 'z', name: NAME, records: [], previous: [], back: [] }),
);
/** Nobody waits in a test: neither between tries nor for an answer that doesn't come. */
const AT_ONCE = {
  setTimeout: (done: () => void) => setTimeout(done, 1),
  AbortSignal: { timeout: () => AbortSignal.timeout(200) },
};
const thawedAs = async <P>(name: string): Promise<P> => thawed<P>((await texts).get(name) ?? '', AT_ONCE);

let api: CloudflareApi;
let provider: Provider;
/** What comes last, and knows only what was wanted. */
let last: Provider;
/** Whether the name had an AAAA, or leads to a tunnel, after each request that changed something. */
let always: boolean;
const kept = { ...process.env };

beforeEach(async () => {
  const record = { name: NAME, ttl: 1800, comment: 'home', tags: ['of:ann'] };
  always = true;
  api = await startCloudflareApi({
    zones: [
      {
        name: ZONE,
        id: 'z',
        records: [
          { ...record, type: 'AAAA', content: STABLE6 },
          { ...record, type: 'A', content: OLD4 },
          { name: NAME, type: 'TXT', content: 'stays' },
          { name: `other.${ZONE}`, type: 'A', content: OTHER4 },
        ],
      },
    ],
    tokens: { [TOKEN]: tunnelEdit },
    onChange: (zone) => {
      const types = zone.list({ name: NAME }).map(({ type }) => String(type));
      always &&= types.includes('AAAA') || types.includes('CNAME');
    },
  });
  process.env.CLOUDFLARE_API_TOKEN = TOKEN;
  process.env.CLOUDFLARE_BASE_URL = api.url;
  provider = await thawedAs('name');
  last = await thawedAs('name-back');
});
afterEach(async () => {
  process.env.CLOUDFLARE_API_TOKEN = kept.CLOUDFLARE_API_TOKEN ?? '';
  process.env.CLOUDFLARE_BASE_URL = kept.CLOUDFLARE_BASE_URL ?? '';
  await api[Symbol.asyncDispose]();
  expect(always).toBe(true);
});

const zone = () => {
  const [only] = api.zones;
  if (only === undefined) throw new Error('no zone');
  return only;
};
const at = (type: string) => zone().list({ name: NAME, type });
const idOf = (type: string): string => at(type)[0]?.id ?? '';
/** What the zone holds, without when it was written and, where asked so, without ids. */
const shown = (ids = true) =>
  zone()
    .list()
    .map(({ id, name, type, content, ttl, proxied, comment, tags }) => ({
      ...(ids ? { id } : {}),
      ...{ name, type, content, ttl, proxied, comment, tags },
    }))
    .sort((a, b) => `${a.name}${a.type}${a.content}`.localeCompare(`${b.name}${b.type}${b.content}`));

const captured = (): ZoneRecord[] =>
  [...at('AAAA'), ...at('A')].map((record) => zoneRecordSchema.parse(record));
const wanted = (more: Partial<WantedRecord> = {}): WantedRecord => ({
  type: 'AAAA',
  content: STABLE6,
  ttl: 1,
  proxied: true,
  comment: 'home',
  tags: ['of:ann'],
  recordId: idOf('AAAA'),
  ...more,
});
const edge = (more: Partial<NameRecordsArgs> = {}): Held => ({
  zoneId: 'z',
  name: NAME,
  types: [...NAME_TYPES],
  records: [wanted()],
  previous: captured(),
  back: captured(),
  ...more,
});
const cname = () => wanted({ type: 'CNAME', content: TUNNEL, comment: COMMENT, tags: [], recordId: null });
const batches = () => api.requests.filter(({ path }) => path.endsWith('/batch'));

test('the frozen texts are small and need no module', async () => {
  expect([...(await texts).keys()]).toEqual(['name-back', 'name']);
  for (const text of (await texts).values()) expectFreezable(text, []);
});

describe('create', () => {
  test('the AAAA becomes proxied and the A goes, in one request; nothing else is touched', async () => {
    const inputs = edge();
    const others = shown().filter(({ type, name }) => name !== NAME || type === 'TXT');
    expect(await provider.create(inputs)).toEqual({ id: `z/${NAME}`, outs: { ...inputs, made: [] } });
    expect(batches()).toHaveLength(1);
    expect(at('A')).toEqual([]);
    expect(at('AAAA')).toMatchObject([{ content: STABLE6, proxied: true, ttl: 1, comment: 'home' }]);
    expect(shown().filter(({ type, name }) => name !== NAME || type === 'TXT')).toEqual(others);
  });

  test('again after its effect: nothing is left to do', async () => {
    const inputs = edge();
    await provider.create(inputs);
    api.reset();
    expect((await provider.create(inputs)).outs.made).toEqual([]);
    expect(batches()).toEqual([]);
  });

  test('a CNAME instead of the addresses; made again it is still the stack’s', async () => {
    const inputs = edge({ records: [cname()] });
    const first = await provider.create(inputs);
    expect(shown().filter(({ name, type }) => name === NAME && type !== 'TXT')).toMatchObject([
      { type: 'CNAME', content: TUNNEL, proxied: true },
    ]);
    expect(first.outs.made).toEqual([idOf('CNAME')]);
    expect((await provider.create(inputs)).outs.made).toEqual([idOf('CNAME')]);
  });

  const changes: readonly [string, RegExp, () => unknown][] = [
    [
      'the AAAA has another address',
      /AAAA was 2a0b:4341:7700::10 when it was planned and is 2a0b:4341:7700::11 now; plan again/u,
      () => zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::11' }),
    ],
    [
      'the A has another address',
      /A was 81\.2\.99\.77 when it was planned and is 81\.2\.99\.130 now; plan again/u,
      () => zone().patch(idOf('A'), { content: OTHER4 }),
    ],
    ['the AAAA is gone', /AAAA was .* is gone now; plan again/u, () => zone().delete(idOf('AAAA'))],
    [
      'another A has come',
      /A 81\.2\.99\.130 was not there when it was planned; plan again/u,
      () => zone().create({ type: 'A', name: NAME, content: OTHER4 }),
    ],
  ];
  test.each(changes)('changed since it was planned: %s', async (_what, sentence, change) => {
    const inputs = edge();
    change();
    const before = shown();
    await expect(provider.create(inputs)).rejects.toThrow(sentence);
    expect(shown()).toEqual(before);
  });

  test('content that something else keeps is left, whatever it has become', async () => {
    const inputs = edge({ records: [wanted({ content: null })] });
    zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::11' });
    await provider.create(inputs);
    expect(at('AAAA')).toMatchObject([{ content: '2a0b:4341:7700::11', proxied: true }]);
  });

  test('without a token does nothing but say so', async () => {
    process.env.CLOUDFLARE_API_TOKEN = '';
    await expect(provider.create(edge())).rejects.toThrow(/CLOUDFLARE_API_TOKEN is not set/u);
  });
});

describe('trouble of every kind, before and after the effect, at every call', () => {
  const kinds: readonly Fault[] = (['before', 'after'] as const).flatMap((when) => [
    { kind: 'server-error', at: when },
    { kind: 'rate-limit', retryAfter: 1, at: when },
    { kind: 'hang', at: when },
    { kind: 'conflict', at: when },
  ]);
  const cases = kinds.flatMap((fault) =>
    (['GET', 'POST'] as const).map((method) => ({
      name: `${fault.kind} ${fault.at} ${method}`,
      fault,
      method,
    })),
  );

  test.each(cases)('$name', async ({ fault, method }) => {
    const before = shown(false);
    const ids = { aaaa: idOf('AAAA') };
    api.failNext({ ...fault, method });
    const created = await provider.create(edge());
    expect(created.outs.made).toEqual([]);
    expect(at('A')).toEqual([]);
    expect(at('AAAA')).toMatchObject([{ id: ids.aaaa, proxied: true }]);

    api.failNext({ ...fault, method });
    const tunnel = { ...created.outs, records: [cname()] };
    const updated = await provider.update('', created.outs, tunnel);
    expect(updated.outs.made).toEqual([idOf('CNAME')]);

    api.failNext({ ...fault, method });
    await provider.delete('', updated.outs);
    expect(shown(false)).toEqual(before);
    await provider.delete('', updated.outs);
    expect(shown(false)).toEqual(before);
  });

  test('that does not end: says so after five tries, in one sentence', async () => {
    api.failNext({ kind: 'server-error', count: 99, method: 'POST' });
    await expect(provider.create(edge())).rejects.toThrow(
      `The DNS records of ${NAME} could not be changed: Internal server error`,
    );
    expect(batches()).toHaveLength(5);
  });

  test('a refusal is not repeated', async () => {
    api.failNext({ kind: 'forbidden', method: 'POST', count: 99 });
    await expect(provider.create(edge())).rejects.toThrow('could not be changed: Authentication error');
    expect(batches()).toHaveLength(1);
  });
});

describe('diff and read', () => {
  test('the order of keys and what is null are no change; another name is another resource', async () => {
    const one = edge();
    const turned = Object.fromEntries(Object.entries(one).reverse());
    expect(await provider.diff('', { ...one, made: ['x'] }, { ...turned, __provider: 'other' })).toEqual({
      changes: false,
      replaces: [],
    });
    expect(await provider.diff('', one, { ...one, back: [] })).toEqual({ changes: true, replaces: [] });
    expect((await provider.diff('', one, { ...one, name: 'x' })).replaces).toEqual(['name']);
    expect((await provider.diff('', one, { ...one, zoneId: 'y' })).replaces).toEqual(['zoneId']);
  });

  test('nothing changed: the very same state', async () => {
    const { outs, id } = await provider.create(edge());
    expect(await provider.read(id, outs)).toEqual({ id, props: outs });
  });

  const drift: readonly [string, () => unknown, boolean][] = [
    ['the proxy was switched off', () => zone().patch(idOf('AAAA'), { proxied: false, ttl: 60 }), true],
    ['another address', () => zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::11' }), true],
    ['a comment', () => zone().patch(idOf('AAAA'), { comment: 'mine' }), true],
    ['an A has come', () => zone().create({ type: 'A', name: NAME, content: OTHER4 }), false],
  ];
  test.each(drift)('%s: seen, and repaired where it is the stack’s', async (_what, change, repairs) => {
    const inputs = edge();
    const { outs, id } = await provider.create(inputs);
    const good = shown();
    change();
    const { props } = await provider.read(id, outs);
    expect((await provider.diff(id, props, inputs)).changes).toBe(true);
    if (repairs) {
      expect((await provider.update(id, props, inputs)).outs).toEqual(outs);
      expect(shown()).toEqual(good);
    } else {
      await expect(provider.update(id, props, inputs)).rejects.toThrow(/was not there when it was planned/u);
    }
  });

  test('the AAAA was deleted by hand: made again, and put back at the end', async () => {
    const before = shown(false);
    const inputs = edge();
    const { outs, id } = await provider.create(inputs);
    zone().delete(idOf('AAAA'));
    const { props } = await provider.read(id, outs);
    expect(props.records).toEqual([]);
    const repaired = await provider.update(id, props, inputs);
    expect(repaired.outs.made).toEqual([idOf('AAAA')]);
    expect(await provider.read(id, repaired.outs)).toEqual({ id, props: repaired.outs });
    await provider.delete(id, repaired.outs);
    expect(shown(false)).toEqual(before);
  });
});

describe('update and delete', () => {
  test('from the proxy to a tunnel and back, each in one request', async () => {
    const before = shown(false);
    const first = await provider.create(edge());
    const second = await provider.update('', first.outs, { ...first.outs, records: [cname()] });
    const third = await provider.update('', second.outs, {
      ...first.outs,
      records: [wanted({ recordId: null })],
    });
    expect(at('AAAA')).toMatchObject([{ proxied: true }]);
    expect(third.outs.made).toEqual([idOf('AAAA')]);
    expect(batches()).toHaveLength(3);
    await provider.delete('', third.outs);
    expect(shown(false)).toEqual(before);
  });

  test('an A that does not come back stays out; the AAAA is restored in place', async () => {
    const before = shown();
    const { outs } = await provider.create(
      edge({ back: comingBack({ previous: captured(), restore: false }) }),
    );
    await provider.delete('', outs);
    expect(shown()).toEqual(before.filter(({ type, name }) => type !== 'A' || name !== NAME));
  });

  test('content that something else keeps is not turned back, all else is', async () => {
    const { outs } = await provider.create(edge({ records: [wanted({ content: null })] }));
    zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::11' });
    await provider.delete('', outs);
    expect(at('AAAA')).toMatchObject([{ content: '2a0b:4341:7700::11', proxied: false, ttl: 1800 }]);
  });

  test('its keeper made it anew while the stack stood: that one is kept', async () => {
    const inputs = edge({ records: [wanted({ content: null })] });
    const { outs, id } = await provider.create(inputs);
    zone().create({ type: 'AAAA', name: NAME, content: '2a0b:4341:7700::11', ttl: 60 });
    zone().delete(outs.previous[0]?.id ?? '');
    const { props } = await provider.read(id, outs);
    const next = await provider.update(id, props, inputs);
    expect(at('AAAA')).toMatchObject([{ content: '2a0b:4341:7700::11', proxied: true }]);
    await provider.delete('', next.outs);
    expect(at('AAAA')).toMatchObject([{ content: '2a0b:4341:7700::11', proxied: false }]);
  });

  test('somebody made the old A again: theirs stays, once', async () => {
    const { outs } = await provider.create(edge());
    zone().create({ type: 'A', name: NAME, content: OLD4, ttl: 60 });
    await provider.delete('', outs);
    expect(at('A')).toMatchObject([{ content: OLD4, ttl: 60 }]);
  });

  test('what somebody put in the place of ours is said, and left', async () => {
    const { outs } = await provider.create(edge({ records: [cname()] }));
    zone().patch(idOf('CNAME'), { content: 'x.example.net' });
    zone().delete(idOf('CNAME'));
    zone().create({ type: 'CNAME', name: NAME, content: 'y.example.net' });
    await expect(provider.delete('', outs)).rejects.toThrow(/could not be changed: A CNAME record/u);
    expect(at('CNAME')).toMatchObject([{ content: 'y.example.net' }]);
  });
});

describe("where only A records are the stack's", () => {
  /** A relay's. */
  const four = (more: Partial<NameRecordsArgs> = {}): Held => {
    const before = captured().filter(({ type }) => type === 'A');
    const relayed = { type: 'A', content: OTHER4, ttl: 60, proxied: false, comment: 'home' } as const;
    return edge({
      types: ['A'],
      records: [wanted({ ...relayed, recordId: idOf('A') })],
      previous: before,
      back: before,
      ...more,
    });
  };

  test('the AAAA stays as it is, whatever becomes of it', async () => {
    const before = shown();
    const { outs } = await provider.create(four());
    expect(at('A')).toMatchObject([{ content: OTHER4, ttl: 60 }]);
    zone().patch(idOf('AAAA'), { ttl: 120 });
    zone().create({ type: 'AAAA', name: NAME, content: '2a0b:4341:7700::99' });
    expect((await provider.read('i', outs)).props.records).toEqual(outs.records);
    await provider.update('i', outs, four({ records: [wanted({ ...outs.records[0], ttl: 300 })] }));
    expect(at('AAAA')).toHaveLength(2);
    await provider.delete('i', outs);
    expect(at('A')).toEqual([expect.objectContaining({ content: OLD4, ttl: 1800 })]);
    expect(shown().filter(({ type }) => type !== 'AAAA')).toEqual(
      before.filter(({ type }) => type !== 'AAAA'),
    );
  });

  test('a stack that comes from a tunnel puts the AAAA back in the request that takes the CNAME away', async () => {
    const before = shown(false);
    const [six] = captured();
    const relay = four();
    const { outs } = await provider.create(edge({ records: [cname()] }));
    api.reset();
    const [record] = relay.records;
    const { outs: relayed } = await provider.update('i', outs, {
      ...relay,
      records: record === undefined ? [] : [record],
    });
    expect(batches()).toHaveLength(1);
    expect(at('CNAME')).toEqual([]);
    expect(at('AAAA')).toMatchObject([{ content: six?.content, ttl: 1800, comment: 'home', proxied: false }]);
    expect(at('A')).toMatchObject([{ content: OTHER4 }]);
    // What was put back is not the stack's any more.
    expect(relayed.made).toEqual([idOf('A')]);
    await provider.delete('i', relayed);
    expect(shown(false)).toEqual(before);
  });

  test('and one that comes from the edge takes the proxy off it', async () => {
    const before = shown(false);
    const relay = four();
    const { outs } = await provider.create(edge());
    api.reset();
    const { outs: relayed } = await provider.update('i', outs, relay);
    expect(batches()).toHaveLength(1);
    expect(at('AAAA')).toMatchObject([{ content: STABLE6, ttl: 1800, proxied: false }]);
    await provider.delete('i', relayed);
    expect(shown(false)).toEqual(before);
  });
});

test('a plan that is kept goes on after its stack went, though what came back has other ids', async () => {
  const inputs = edge();
  const { outs } = await provider.create(inputs);
  await provider.delete('i', outs);
  expect(idOf('A')).not.toBe(inputs.previous.find(({ type }) => type === 'A')?.id);
  const before = shown(false);
  const again = await provider.create(inputs);
  expect(at('A')).toEqual([]);
  expect(at('AAAA')).toMatchObject([{ proxied: true }]);
  await provider.delete('i', again.outs);
  expect(shown(false)).toEqual(before);
});

describe('while what it is to lead to is not there', () => {
  const tunnel = (more: Partial<Held> = {}): Held => edge({ records: [cname()], hold: true, ...more });
  const released = (): Held => tunnel({ hold: false });

  test('nothing is done, seen or put back, whatever becomes of the name', async () => {
    const before = shown();
    const { outs } = await provider.create(tunnel());
    expect(await provider.diff('', outs, tunnel())).toEqual({ changes: false, replaces: [] });
    zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::99' });
    expect((await provider.read('', outs)).props).toEqual(outs);
    await provider.delete('', outs);
    zone().patch(idOf('AAAA'), { content: STABLE6 });
    expect(shown()).toEqual(before);
    expect(api.requests).toEqual([]);
  });

  test('then all at once, unless the name is no longer what was planned', async () => {
    const { outs } = await provider.create(tunnel());
    const then = released();
    expect(await provider.diff('', outs, then)).toEqual({ changes: true, replaces: [] });
    zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::99' });
    await expect(provider.update('', outs, then)).rejects.toThrow(
      /was .*::10 when it was planned and is .*::99 now/u,
    );
    zone().patch(idOf('AAAA'), { content: STABLE6 });
    const moved = await provider.update('', outs, then);
    expect(at('CNAME')).toMatchObject([{ content: TUNNEL, proxied: true }]);
    expect([...at('AAAA'), ...at('A')]).toEqual([]);
    await provider.delete('', moved.outs);
    expect(at('AAAA')).toMatchObject([{ content: STABLE6, ttl: 1800 }]);
    expect(at('CNAME')).toEqual([]);
  });

  test('and only while a connector is connected: one that was seen before may be gone', async () => {
    const { id: tunnelId } = api.tunnels.create({ name: 'home', config_src: 'cloudflare' });
    const of = { tunnel: { accountId: ACCOUNT_ID, tunnelId } };
    const planned = { ...released(), ...of };
    const { outs } = await provider.create({ ...planned, hold: true });
    const before = shown();
    await expect(provider.update('', outs, planned)).rejects.toThrow(/No cloudflared is connected/u);
    expect(shown()).toEqual(before);
    const connector = api.tunnels.connect(api.tunnels.token(tunnelId), null);
    const moved = await provider.update('', outs, planned);
    expect(at('CNAME')).toHaveLength(1);
    // What leads there already isn't asked about, nor is the way back.
    api.tunnels.lose(connector);
    await provider.update('', moved.outs, planned);
    await provider.delete('', moved.outs);
    expect(at('AAAA')).toHaveLength(1);
  });

  test("another remedy's records stay until then, and come back as they were before it", async () => {
    const first = await provider.create(edge());
    const proxied = shown();
    expect(await provider.diff('', first.outs, tunnel())).toEqual({ changes: false, replaces: [] });
    expect(shown()).toEqual(proxied);
    await provider.delete('', first.outs);
    expect(at('AAAA')).toMatchObject([{ proxied: false, ttl: 1800 }]);
  });
});

describe('what an `up` that broke off did and never recorded', () => {
  const tunnel = (): Held => edge({ records: [cname()] });
  const addresses = () => [...at('AAAA'), ...at('A')].map(({ content, proxied }) => [content, proxied]);
  const BEFORE = [
    [STABLE6, false],
    [OLD4, false],
  ];

  test('comes back at the end, from the proxy, though nothing of it is in the state', async () => {
    const before = shown(false);
    const planned = edge();
    await provider.create(planned);
    expect(shown(false)).not.toEqual(before);
    await last.delete('', planned);
    expect(shown(false)).toEqual(before);
    expect(always).toBe(true);
  });

  test('from a tunnel, of which the state says that it still waits', async () => {
    const planned = tunnel();
    const held = await provider.create({ ...planned, hold: true });
    await provider.update('', held.outs, planned);
    expect(at('CNAME')).toHaveLength(1);
    await provider.delete('', held.outs);
    expect(at('CNAME')).toHaveLength(1);
    await last.delete('', planned);
    expect(at('CNAME')).toEqual([]);
    expect(addresses()).toEqual(BEFORE);
    expect(always).toBe(true);
  });

  test('from a tunnel, of which the state says that it is still the proxy', async () => {
    const planned = tunnel();
    const first = await provider.create(edge());
    await provider.update('', first.outs, planned);
    await provider.delete('', first.outs);
    expect(at('CNAME')).toEqual([]);
    await last.delete('', planned);
    expect(addresses()).toEqual(BEFORE);
    expect(always).toBe(true);
  });

  test('is left alone where the end has put it back already, or where it is somebody else’s by now', async () => {
    const planned = edge();
    const first = await provider.create(planned);
    await provider.delete('', first.outs);
    const before = shown(false);
    const asked = api.requests.length;
    await last.delete('', planned);
    expect(shown(false)).toEqual(before);
    expect(api.requests.slice(asked).map(({ method }) => method)).toEqual(['GET']);
    zone().patch(idOf('AAAA'), { content: '2a0b:4341:7700::99', proxied: true });
    const theirs = shown(false);
    await last.delete('', planned);
    expect(shown(false)).toEqual(theirs);
  });
});
