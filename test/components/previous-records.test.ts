import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  PreviousRecords,
  type PreviousRecordsArgs,
  SetAsideRecords,
} from '../../src/components/previous-records.ts';
import type { SetAsideState } from '../../src/components/previous-records-life.ts';
import { dnsEdit, testToken } from '../engine/cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from '../engine/cloudflare/api/server.ts';
import { NAME, OLD4, OTHER4, STABLE6, WAN4, ZONE } from '../support/names.ts';
import { expectFreezable, frozenTexts, thawed } from './frozen.ts';
import { recordBefore } from './plans.ts';

const TOKEN = testToken('holder');

interface Provider {
  check(olds: unknown, news: PreviousRecordsArgs): Promise<{ inputs: PreviousRecordsArgs }>;
  create(inputs: PreviousRecordsArgs): Promise<{ id: string; outs: PreviousRecordsArgs }>;
  diff(id: string, olds: unknown, news: unknown): Promise<{ changes: boolean; replaces: string[] }>;
  update(
    id: string,
    olds: PreviousRecordsArgs,
    news: PreviousRecordsArgs,
  ): Promise<{ outs: PreviousRecordsArgs }>;
  delete(id: string, state: PreviousRecordsArgs): Promise<void>;
}

interface Taker {
  create(inputs: SetAsideState): Promise<{ id: string; outs: SetAsideState }>;
  diff(id: string, olds: SetAsideState, news: object): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: SetAsideState, news: SetAsideState): Promise<{ outs: SetAsideState }>;
}

const texts = frozenTexts(() => {
  const holder = new PreviousRecords('holder', { zoneId: 'zone', previous: [], setAside: [] });
  return new SetAsideRecords('out', { zoneId: 'zone', setAside: [] }, holder);
});
const textOf = async (name: 'holder' | 'out'): Promise<string> => (await texts).get(name) ?? '';

let api: CloudflareApi;
let provider: Provider;
let taker: Taker;
const kept = { ...process.env };

beforeEach(async () => {
  const record = { type: 'A', name: NAME, ttl: 1800, comment: 'home' };
  api = await startCloudflareApi({
    zones: [
      {
        name: ZONE,
        id: 'z',
        records: [
          { ...record, content: OLD4 },
          { ...record, content: OTHER4 },
        ],
      },
    ],
    tokens: { [TOKEN]: dnsEdit },
  });
  process.env.CLOUDFLARE_API_TOKEN = TOKEN;
  process.env.CLOUDFLARE_BASE_URL = api.url;
  provider = thawed(await textOf('holder'));
  taker = thawed(await textOf('out'));
});
afterEach(async () => {
  process.env.CLOUDFLARE_API_TOKEN = kept.CLOUDFLARE_API_TOKEN ?? '';
  process.env.CLOUDFLARE_BASE_URL = kept.CLOUDFLARE_BASE_URL ?? '';
  await api[Symbol.asyncDispose]();
});

const zone = () => {
  const [only] = api.zones;
  if (only === undefined) throw new Error('no zone');
  return only;
};
const idOf = (content: string): string => zone().list({ content })[0]?.id ?? '';
const contents = (): string[] =>
  zone()
    .list()
    .map(({ content }) => content)
    .sort();
const aside = (content: string) => ({ recordId: idOf(content), type: 'A' as const, name: NAME, content });
const state = (more: Partial<PreviousRecordsArgs>): PreviousRecordsArgs => ({
  zoneId: 'z',
  previous: [],
  setAside: [],
  ...more,
});

test('the frozen text is small and needs no module', async () => {
  expectFreezable(await textOf('holder'), []);
  expect(await textOf('holder')).not.toContain(TOKEN);
});

describe('check, before anything is changed', () => {
  const takes = (from: string, to: string) =>
    state({ taken: [{ recordId: idOf(OLD4), type: 'A', name: NAME, from, to }] });

  test('a record that is as it was planned, or ours already, may be changed', async () => {
    for (const news of [takes(OLD4, WAN4), takes(OTHER4, OLD4)]) {
      expect(await provider.check({}, news)).toEqual({ inputs: news });
    }
  });

  test('another one is refused in a sentence; once it was taken over, no more', async () => {
    const news = takes(OTHER4, WAN4);
    await expect(provider.check({}, news)).rejects.toThrow(
      `${NAME} A was ${OTHER4} when it was planned and is ${OLD4} now; plan again.`,
    );
    await provider.check(news, news);
    zone().delete(idOf(OLD4));
    await expect(provider.check({}, { ...news })).rejects.toThrow(/and is gone now; plan again\.$/u);
  });
});

test('what comes back is kept before anything is changed, for that may break off', async () => {
  const inputs = state({ previous: [recordBefore({ id: idOf(OTHER4) })], setAside: [aside(OTHER4)] });
  expect(await provider.create(inputs)).toEqual({ id: 'previous-records-z', outs: inputs });
  expect(await provider.update('', state({}), inputs)).toEqual({ outs: inputs });
  expect(contents()).toEqual([OTHER4, OLD4].sort());
});

describe('what takes records out', () => {
  const out = (...contents: readonly string[]): SetAsideState => ({
    zoneId: 'z',
    setAside: contents.map(aside),
  });

  test('is frozen small, and has no part in the end', async () => {
    expectFreezable(await textOf('out'), []);
    expect(taker).not.toHaveProperty('delete');
  });

  test('can be run again', async () => {
    const inputs = out(OTHER4);
    expect(await taker.create(inputs)).toEqual({ id: 'set-aside-records-z', outs: inputs });
    expect(contents()).toEqual([OLD4]);
    await taker.create(inputs);
    expect(contents()).toEqual([OLD4]);
  });

  test('leaves a record that has changed since it was planned', async () => {
    const inputs = out(OTHER4);
    zone().patch(idOf(OTHER4), { content: '81.2.99.140' });
    await expect(taker.create(inputs)).rejects.toThrow(
      /was 81\.2\.99\.130 when it was planned and is 81\.2\.99\.140 now/u,
    );
  });

  test('without a token does nothing but say so', async () => {
    process.env.CLOUDFLARE_API_TOKEN = '';
    await expect(taker.create(out(OTHER4))).rejects.toThrow(/CLOUDFLARE_API_TOKEN is not set/u);
  });

  test('update takes out what is new, and nothing twice', async () => {
    const olds = out(OTHER4);
    const news = out(OTHER4, OLD4);
    expect(await taker.diff('', olds, { ...news, __provider: 'other' })).toEqual({
      changes: true,
      replaces: [],
    });
    expect(await taker.diff('', olds, { setAside: olds.setAside, zoneId: 'z' })).toEqual({
      changes: false,
      replaces: [],
    });
    expect(await taker.update('', olds, news)).toEqual({ outs: news });
    expect(contents()).toEqual([OTHER4]);
  });
});

describe('diff and update', () => {
  test('the order of keys is no change; a record more is one; another zone is another resource', async () => {
    const one = state({ previous: [recordBefore()] });
    const turned = {
      setAside: [],
      previous: [Object.fromEntries(Object.entries(recordBefore()).reverse())],
      zoneId: 'z',
      __provider: 'other',
    };
    expect(await provider.diff('', one, turned)).toEqual({ changes: false, replaces: [] });
    expect(await provider.diff('', one, state({}))).toEqual({ changes: true, replaces: [] });
    expect(await provider.diff('', one, { ...one, zoneId: 'y' })).toEqual({
      changes: true,
      replaces: ['zoneId'],
    });
  });
});

describe('delete', () => {
  const previous = () => [recordBefore({ id: idOf(OLD4) })];

  test('in place: address, TTL and comment as they were', async () => {
    const held = state({ previous: previous() });
    const id = idOf(OLD4);
    zone().replace(id, { type: 'A', name: NAME, content: WAN4, ttl: 60 });
    await provider.delete('', held);
    expect(zone().get(id)).toMatchObject({ content: OLD4, ttl: 1800, comment: 'home', proxied: false });
  });

  test('anew where it is gone; and again without harm', async () => {
    const held = state({ previous: previous() });
    zone().delete(idOf(OLD4));
    await provider.delete('', held);
    await provider.delete('', held);
    expect(zone().list({ content: OLD4 })).toMatchObject([{ ttl: 1800, comment: 'home' }]);
  });

  test('where somebody made it again beside ours, only theirs stays', async () => {
    const held = state({ previous: previous() });
    zone().patch(idOf(OLD4), { content: WAN4 });
    zone().create({ type: 'A', name: NAME, content: OLD4, ttl: 60 });
    await provider.delete('', held);
    expect(contents()).toEqual([OTHER4, OLD4].sort());
  });

  test('waits where the API is busy or down for a moment', async () => {
    const held = state({ previous: previous() });
    zone().patch(idOf(OLD4), { content: WAN4 });
    api.failNext({ kind: 'server-error' });
    api.failNext({ kind: 'rate-limit', retryAfter: 1, method: 'PUT' });
    await provider.delete('', held);
    expect(contents()).toEqual([OTHER4, OLD4].sort());
  });

  test('says what could not be put back, and why', async () => {
    const held = state({ previous: previous() });
    for (const content of [OLD4, OTHER4]) zone().delete(idOf(content));
    zone().create({ type: 'CNAME', name: NAME, content: 'x.example.net' });
    await expect(provider.delete('', held)).rejects.toThrow(
      `${NAME} A ${OLD4} could not be put back: A CNAME record`,
    );
  });
});

test('an id of another name’s record, or of another type, is nothing that may be touched, whatever it holds', async () => {
  const www = zone().create({ type: 'A', name: `www.${ZONE}`, content: OLD4, ttl: 60 });
  const six = zone().create({ type: 'AAAA', name: NAME, content: STABLE6, ttl: 60 });
  const before = zone().list();
  for (const { id: recordId, content } of [www, six]) {
    const of = { recordId, type: 'A' as const, name: NAME };
    for (const from of [content, null]) {
      const news = state({ taken: [{ ...of, from, to: WAN4 }] });
      await expect(provider.check({}, news)).rejects.toThrow(/, not .* A as the plan says; plan again\.$/u);
    }
    const out = { zoneId: 'z', setAside: [{ ...of, content }] };
    await expect(taker.create(out)).rejects.toThrow(/as the plan says; plan again\.$/u);
    // OLD4 is there as it was, under its own id: nothing is left to put back.
    await provider.delete('', state({ previous: [recordBefore({ id: recordId })] }));
  }
  expect(zone().list()).toEqual(before);
});

test('what an `up` that broke off made and never recorded goes at the end; what only looks like it stays', async () => {
  const comment = 'reach4 stack home';
  const made = { type: 'A', name: NAME, content: WAN4, comment };
  const held = state({ made: [made] });
  zone().create({ type: 'A', name: NAME, content: WAN4, ttl: 60, comment });
  for (const other of [{ name: `www.${ZONE}` }, { content: STABLE6, type: 'AAAA' as const }]) {
    zone().create({ type: 'A', name: NAME, content: WAN4, ttl: 60, comment, ...other });
  }
  await provider.delete('', held);
  expect(contents()).toEqual([OLD4, OTHER4, WAN4, STABLE6].sort());
  // Somebody's own, of the same address.
  zone().create({ type: 'A', name: NAME, content: WAN4, ttl: 60 });
  await provider.delete('', held);
  expect(zone().list({ name: NAME, content: WAN4 })).toHaveLength(1);
  expect(await provider.diff('', state({}), held)).toMatchObject({ changes: true });
});
