import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CdnLeftovers } from '../../src/components/cdn-leftovers.ts';
import { HostedSets, type HostedSetsArgs } from '../../src/components/hosted-sets.ts';
import { testCredentials } from '../engine/aws/api/access.ts';
import { startAws } from '../engine/aws/api/server.ts';
import { NAME, OLD4, OTHER4, STABLE6, ZONE } from '../support/names.ts';
import { expectFreezable, frozenText, thawed } from './frozen.ts';

const ID = 'Z0123456789';
const credentials = testCredentials('sets');
const FOUR = { type: 'A', ttl: 1800, values: [OLD4] } as const;
const SIX = { type: 'AAAA', ttl: 300, values: [STABLE6] } as const;
const NEW_FOUR = { type: 'A', ttl: 60, values: [OTHER4], alias: null } as const;
const NEW_SIX = { type: 'AAAA', ttl: 60, values: ['2a0b:4341:7700::99'], alias: null } as const;

interface Provider {
  create(inputs: unknown): Promise<{ id: string; outs: { theirs: boolean } }>;
  read(id: string, state: unknown): Promise<{ props: { drift: string[] } }>;
  diff(id: string, olds: unknown, news: unknown): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: unknown, news: unknown): Promise<{ outs: object }>;
  delete(id: string, state: unknown): Promise<void>;
}

const inputs = (more: Partial<HostedSetsArgs> = {}): HostedSetsArgs => ({
  zoneId: ID,
  name: NAME,
  wanted: [NEW_FOUR, NEW_SIX],
  previous: [
    { ...FOUR, values: [OLD4] },
    { ...SIX, values: [STABLE6] },
  ],
  back: [
    { ...FOUR, values: [OLD4] },
    { ...SIX, values: [STABLE6] },
  ],
  shared: false,
  onlyBack: false,
  waitSeconds: 0,
  ...more,
});

const text = frozenText('sets', () => new HostedSets('sets', inputs()));
// One after the other: both run under the same mocks.
const leftovers = text.then(() =>
  frozenText(
    'leftovers',
    () => new CdnLeftovers('leftovers', { region: 'us-east-1', mark: 'a', kept: [], sweeps: 'at-teardown' }),
  ),
);

let aws: Awaited<ReturnType<typeof startAws>>;
let provider: Provider;

beforeEach(async () => {
  aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    times: { route53Pending: 1 },
    zones: [
      {
        name: ZONE,
        id: ID,
        records: [FOUR, SIX].map((each) => ({ ...each, name: NAME, values: [...each.values] })),
      },
    ],
  });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  provider = thawed<Provider>(await text);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

const zone = () => aws.account.zones.get(ID);
const put = (type: string, ttl: number, value: string): void => {
  const set = { Name: `${NAME}.`, Type: type, TTL: ttl, ResourceRecords: [{ Value: value }] };
  zone().sets.set(`${NAME}. ${type}`, set as ResourceRecordSet);
};
const sets = (): string[] =>
  [...zone().sets.values()]
    .filter(({ Name }) => Name === `${NAME}.`)
    .map(
      ({ Type, TTL, ResourceRecords = [] }) => `${Type} ${TTL} ${ResourceRecords.map(({ Value }) => Value)}`,
    )
    .toSorted();
const batches = (): number =>
  aws.calls.log.filter(({ action }) => action === 'route53:ChangeResourceRecordSets').length;

const BEFORE = [`A 1800 ${OLD4}`, `AAAA 300 ${STABLE6}`];
const AFTER = [`A 60 ${OTHER4}`, 'AAAA 60 2a0b:4341:7700::99'];

test('the frozen texts are small, and load the clients that they need', async () => {
  expectFreezable(await text, ['@aws-sdk/client-route-53']);
  expectFreezable(await leftovers, ['@aws-sdk/client-cloudfront', '@aws-sdk/client-acm']);
});

test('both sets of a name change in one request, and come back in one', async () => {
  const { outs } = await provider.create(inputs());
  expect(sets()).toEqual(AFTER);
  expect(batches()).toBe(1);
  await provider.create(inputs());
  expect(batches()).toBe(1);
  await provider.delete('', outs);
  expect(sets()).toEqual(BEFORE);
  expect(batches()).toBe(2);
  await provider.delete('', outs);
  expect(batches()).toBe(2);
});

test('an answer that is lost is as good as one that came', async () => {
  aws.fail({ kind: 'disconnect', at: 'after', action: 'route53:ChangeResourceRecordSets' });
  const { outs } = await provider.create(inputs({ back: [{ ...SIX, values: [STABLE6] }] }));
  expect(sets()).toEqual(AFTER);
  aws.fail({ kind: 'disconnect', at: 'after', action: 'route53:ChangeResourceRecordSets' });
  await provider.delete('', outs);
  expect(sets()).toEqual([BEFORE[1]]);
});

describe('nothing of somebody else’s is written over', () => {
  test.each([
    [
      'changed since it was planned',
      () => put('A', 60, '203.0.113.9'),
      /A was .* planned and is 203\.0\.113\.9/u,
    ],
    ['an alias', () => put('CNAME', 60, 'x.example.net.'), /CNAME x\.example\.net/u],
  ])('%s', async (_, change, said) => {
    change();
    const before = sets();
    await expect(provider.create(inputs())).rejects.toThrow(said);
    expect(sets()).toEqual(before);
  });

  test('a spelling is no change', async () => {
    put('AAAA', 300, '2A0B:4341:7700:0:0:0:0:10');
    await provider.create(inputs());
    expect(sets()).toEqual(AFTER);
  });

  test('at the end, what a person has put there stays, unless something comes back', async () => {
    const { outs } = await provider.create(inputs({ back: [{ ...SIX, values: [STABLE6] }] }));
    put('A', 60, '203.0.113.9');
    await provider.delete('', outs);
    expect(sets()).toEqual(['A 60 203.0.113.9', BEFORE[1]]);
  });
});

test('a refresh sees what somebody has changed, and the next update puts it right', async () => {
  const { outs } = await provider.create(inputs());
  expect((await provider.read('', outs)).props).toEqual(outs);
  expect(await provider.diff('', outs, inputs())).toEqual({ changes: false, replaces: [] });
  put('A', 60, '203.0.113.9');
  // Without a refresh nobody has been shown it.
  await expect(provider.update('', outs, inputs())).rejects.toThrow(/plan again/u);
  const { props } = await provider.read('', outs);
  expect(props.drift).toEqual(['A 203.0.113.9 (TTL 60 s)']);
  expect(await provider.diff('', props, inputs())).toEqual({ changes: true, replaces: [] });
  await provider.update('', props, inputs());
  expect(sets()).toEqual(AFTER);
});

describe('what was written and never recorded', () => {
  const holder = () => inputs({ onlyBack: true });

  test('is put back by what stands before it, which writes nothing itself', async () => {
    const { outs } = await provider.create(holder());
    expect(sets()).toEqual(BEFORE);
    expect((await provider.read('', outs)).props.drift).toEqual([]);
    await provider.create(inputs());
    expect(sets()).toEqual(AFTER);
    await provider.delete('', outs);
    expect(sets()).toEqual(BEFORE);
  });

  test('and where nothing was written, what a person has put there stays', async () => {
    const { outs } = await provider.create(holder());
    put('A', 60, '203.0.113.9');
    await provider.delete('', outs);
    expect(sets()).toEqual(['A 60 203.0.113.9', BEFORE[1]]);
  });
});

test('a type that is no longer wanted is put back at once', async () => {
  const { outs } = await provider.create(inputs());
  await provider.update('', outs, inputs({ wanted: [NEW_FOUR] }));
  expect(sets()).toEqual([AFTER[0], BEFORE[1]]);
});

test('another name or zone is another resource; the order of keys is nothing', async () => {
  const turned = { ...inputs(), previous: [{ values: [OLD4], ttl: 1800, type: 'A' }, SIX], drift: [] };
  expect(await provider.diff('', turned, inputs())).toEqual({ changes: false, replaces: [] });
  expect(await provider.diff('', inputs(), inputs({ name: 'x.example.org' }))).toMatchObject({
    replaces: ['name'],
  });
});

describe('a record that others may want as well', () => {
  const wanted = [{ type: 'CNAME', ttl: 301, values: ['_v.acm-validations.aws'], alias: null }] as const;
  const owner = `_n.${NAME}`;
  const shared = inputs({ name: owner, wanted, previous: [], back: [], shared: true });
  const there = (ttl: number): void => {
    const set = {
      Name: `${owner}.`,
      Type: 'CNAME',
      TTL: ttl,
      ResourceRecords: [{ Value: '_v.acm-validations.aws.' }],
    };
    zone().sets.set(`${owner}. CNAME`, set as ResourceRecordSet);
  };
  const isThere = (): boolean => zone().sets.has(`${owner}. CNAME`);

  test('is made, and goes', async () => {
    const { outs } = await provider.create(shared);
    expect([isThere(), outs.theirs]).toEqual([true, false]);
    await provider.delete('', outs);
    expect(isThere()).toBe(false);
  });

  test('stays where somebody else has made it, and is known by its TTL where an earlier try has', async () => {
    there(300);
    const theirs = await provider.create(shared);
    expect(theirs.outs.theirs).toBe(true);
    await provider.delete('', theirs.outs);
    expect(isThere()).toBe(true);
    there(301);
    const ours = await provider.create(shared);
    expect(ours.outs.theirs).toBe(false);
    await provider.delete('', ours.outs);
    expect(isThere()).toBe(false);
  });
});
