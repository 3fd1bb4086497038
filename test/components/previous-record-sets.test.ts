import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  PreviousRecordSets,
  type PreviousRecordSetsArgs,
} from '../../src/components/previous-record-sets.ts';
import type { TakenSet } from '../../src/model/record-set.ts';
import { testCredentials } from '../engine/aws/api/access.ts';
import { startAws } from '../engine/aws/api/server.ts';
import { NAME, OLD4, OTHER4, STABLE6, TEMPORARY6, VPS4, ZONE } from '../support/names.ts';
import { expectFreezable, frozenText, thawed } from './frozen.ts';

const ID = 'Z0123456789';
const CLIENT = '@aws-sdk/client-route-53';
const credentials = testCredentials('holder');
const require = createRequire(import.meta.url);

interface Provider {
  check(olds: unknown, news: PreviousRecordSetsArgs): Promise<{ inputs: PreviousRecordSetsArgs }>;
  create(inputs: PreviousRecordSetsArgs): Promise<{ id: string; outs: PreviousRecordSetsArgs }>;
  diff(id: string, olds: unknown, news: unknown): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: unknown, news: PreviousRecordSetsArgs): Promise<{ outs: PreviousRecordSetsArgs }>;
  delete(id: string, state: PreviousRecordSetsArgs): Promise<void>;
}

const text = frozenText('holder', () => new PreviousRecordSets('holder', { zoneId: ID, previous: [] }));
const before = { type: 'A' as const, name: NAME, ttl: 1800, values: [OLD4, OTHER4] };
const held: PreviousRecordSetsArgs = { zoneId: ID, previous: [before] };

let aws: Awaited<ReturnType<typeof startAws>>;
let provider: Provider;

beforeEach(async () => {
  aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    zones: [{ name: ZONE, id: ID, records: [{ name: NAME, type: 'A', ttl: 60, values: [VPS4] }] }],
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

const sets = (): string[] =>
  [...aws.account.zones.get(ID).sets.values()]
    .filter(({ Name }) => Name === `${NAME}.`)
    .map(
      ({ Type, TTL, ResourceRecords = [] }) => `${Type} ${TTL} ${ResourceRecords.map(({ Value }) => Value)}`,
    );
const actions = (): string[] => aws.calls.log.map(({ action }) => action);

test('the frozen text is small, and loads one package, which reach4 brings along', async () => {
  expectFreezable(await text, [CLIENT]);
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  // Not one for development: what is frozen runs where reach4 is installed.
  expect(Object.keys(manifest.dependencies)).toContain(CLIENT);
});

test('create and update write nothing', async () => {
  expect((await provider.create(held)).outs).toEqual(held);
  expect((await provider.update('', held, { ...held, previous: [] })).outs.previous).toEqual([]);
  expect(actions()).toEqual([]);
});

test('a change is what changes the data; another zone is another holder', async () => {
  const turned = {
    previous: [{ values: [OLD4, OTHER4], ttl: 1800, name: NAME, type: 'A' }],
    zoneId: ID,
    __provider: 'x',
  };
  expect(await provider.diff('', held, turned)).toEqual({ changes: false, replaces: [] });
  expect(await provider.diff('', held, { ...held, previous: [] })).toEqual({ changes: true, replaces: [] });
  expect(await provider.diff('', held, { ...held, zoneId: 'Z2' })).toEqual({
    changes: true,
    replaces: ['zoneId'],
  });
});

describe('check, before anything is changed', () => {
  const taken = (more: Partial<TakenSet> = {}): PreviousRecordSetsArgs => ({
    ...held,
    taken: [{ type: 'A', name: NAME, ttl: 60, from: [VPS4], to: [OLD4], ...more }],
  });

  test.each([
    ['as it was planned', taken()],
    ['ours already', taken({ from: [OTHER4], to: [VPS4] })],
  ])('a set that is %s may be changed', async (_, news) => {
    expect(await provider.check({}, news)).toEqual({ inputs: news });
    expect(actions()).toEqual(['route53:ListResourceRecordSets']);
  });

  test.each([
    ['another one', [VPS4, OLD4], VPS4],
    ['gone', [OLD4], 'gone'],
  ])('%s is refused in a sentence, with how to go on', async (_, from, now) => {
    if (now === 'gone') aws.account.zones.get(ID).sets.delete(`${NAME}. A`);
    const failure = await provider.check(undefined, taken({ from })).then(String, (error: Error) => error);
    expect(failure).toMatchObject({
      message: `${NAME} A was ${from.join(', ')} when it was planned and is ${now} now; plan again.`,
      stack: '',
    });
  });

  test('an alias is refused, though it may lead to the same', async () => {
    const AliasTarget = { HostedZoneId: 'Z2', DNSName: 'x.example.net.', EvaluateTargetHealth: false };
    aws.account.zones.get(ID).sets.set(`${NAME}. A`, { Name: `${NAME}.`, Type: 'A', AliasTarget });
    await expect(provider.check({}, taken())).rejects.toThrow(/and is computed by Route 53 now; plan again/u);
  });

  test('an AAAA is the same in whatever spelling', async () => {
    aws.account.zones.get(ID).sets.set(`${NAME}. AAAA`, {
      Name: `${NAME}.`,
      Type: 'AAAA',
      TTL: 60,
      ResourceRecords: [{ Value: '2A0B:4341:7700:0:0:0:0:0010' }],
    });
    await provider.check({}, taken({ type: 'AAAA', from: [STABLE6], to: [TEMPORARY6] }));
  });

  test('what was looked at once isn’t again: it is the stack’s', async () => {
    const news = taken({ from: [OTHER4] });
    expect(await provider.check(news, news)).toEqual({ inputs: news });
    expect(actions()).toEqual([]);
  });

  test('no answer, no change', async () => {
    aws.account.settings.callers[credentials.accessKeyId] = { allow: [], behindTheScenes: false };
    await expect(provider.check({}, taken())).rejects.toThrow(
      new RegExp(`^${NAME} A can't be looked up before it is changed: AccessDenied: `, 'u'),
    );
  });
});

test('an earlier relay’s sets have no type: A', async () => {
  const { type: _, ...untyped } = before;
  const olds = { zoneId: ID, previous: [untyped] };
  expect(await provider.diff('', olds, held)).toEqual({ changes: false, replaces: [] });
  await provider.delete('', olds as unknown as PreviousRecordSetsArgs);
  expect(sets()).toEqual([`A 1800 ${OLD4},${OTHER4}`]);
});

describe('delete', () => {
  test('writes an AAAA back as such', async () => {
    await provider.delete('', {
      zoneId: ID,
      previous: [{ type: 'AAAA', name: NAME, ttl: 0, values: [STABLE6] }],
    });
    expect(sets()).toEqual([`A 60 ${VPS4}`, `AAAA 0 ${STABLE6}`]);
  });

  test('writes the old set over ours, and is done once all name servers have it', async () => {
    await provider.delete('', held);
    expect(sets()).toEqual([`A 1800 ${OLD4},${OTHER4}`]);
    expect(actions().slice(0, 2)).toEqual(['route53:ChangeResourceRecordSets', 'route53:GetChange']);
  });

  test('makes it where it is gone, and can be run again', async () => {
    aws.account.zones.get(ID).sets.delete(`${NAME}. A`);
    await provider.delete('', held);
    await provider.delete('', held);
    expect(sets()).toEqual([`A 1800 ${OLD4},${OTHER4}`]);
  });

  test('an answer that is lost, or refused for the moment, is asked for again', async () => {
    aws.fail({ kind: 'server-error', at: 'after', action: 'route53:ChangeResourceRecordSets' });
    aws.fail({ kind: 'throttle', nth: 2, action: 'route53:ChangeResourceRecordSets' });
    await provider.delete('', held);
    expect(sets()).toEqual([`A 1800 ${OLD4},${OTHER4}`]);
  });

  test('whether it has spread needn’t be told: the hold looks', async () => {
    aws.account.settings.callers[credentials.accessKeyId] = {
      allow: ['route53:ChangeResourceRecordSets'],
      behindTheScenes: false,
    };
    await provider.delete('', held);
    expect(sets()).toEqual([`A 1800 ${OLD4},${OTHER4}`]);
  });

  test('says in a sentence what could not be put back, and why', async () => {
    const zone = aws.account.zones.get(ID);
    zone.sets.clear();
    zone.sets.set(`${NAME}. CNAME`, {
      Name: `${NAME}.`,
      Type: 'CNAME',
      TTL: 60,
      ResourceRecords: [{ Value: 'x.example.net' }],
    });
    const failure = await provider.delete('', held).then(String, (error: Error) => error);
    expect(failure).toMatchObject({ stack: '' });
    expect(String(failure)).toMatch(
      new RegExp(
        `^Error: ${NAME} A ${OLD4}, ${OTHER4} could not be put back: InvalidChangeBatch: .*CNAME`,
        'u',
      ),
    );
  });

  test('and where the client can’t be loaded, how it can', async () => {
    const without = thawed<Provider>(await text, {
      require: (name: string) => {
        if (name === CLIENT) throw new Error(`Cannot find module '${name}'\nRequire stack:\n- /x`);
        return require(name);
      },
    });
    await expect(without.delete('', held)).rejects.toThrow(
      new RegExp(
        `^The package ${CLIENT}, which puts DNS records back, can't be loaded from .*: install reach4 there anew and run destroy again \\(Cannot find module '${CLIENT}'\\)\\.$`,
        'u',
      ),
    );
  });
});

describe('what an `up` that broke off made and never recorded', () => {
  const made = (more: object = {}) => ({ zoneId: ID, previous: [], made: [{ ...ours, ...more }] });
  const ours = { type: 'A' as const, name: NAME, ttl: 60, values: [VPS4] };

  test('goes at the end', async () => {
    await provider.delete('', made());
    expect(sets()).toEqual([]);
    // Nothing is left to do, and nothing of it is in a state of before.
    await provider.delete('', made());
    await provider.delete('', { zoneId: ID, previous: [] });
  });

  test.each([
    ['has other values', { values: [OLD4] }],
    ['has more', { values: [VPS4, OLD4] }],
    ['has another TTL', { ttl: 61 }],
    ['is of another type', { type: 'AAAA', values: [STABLE6] }],
  ])('a set that %s is somebody else’s', async (_, more) => {
    await provider.delete('', made(more));
    expect(sets()).toHaveLength(1);
    expect(actions()).not.toContain('route53:ChangeResourceRecordSets');
  });
});
