import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TunnelEnd, TunnelLeftovers, TunnelReady } from '../../src/components/tunnel-connections.ts';
import { testToken, tunnelEdit } from '../engine/cloudflare/api/access.ts';
import { ACCOUNT_ID } from '../engine/cloudflare/api/routes.ts';
import { type CloudflareApi, startCloudflareApi } from '../engine/cloudflare/api/server.ts';
import { expectFreezable, frozenText, thawed } from './frozen.ts';

const TOKEN = testToken('tunnel');
const args = { accountId: ACCOUNT_ID, tunnelId: 'id' };
const readyText = frozenText('it', () => new TunnelReady('it', args));
// One after the other: mocks are the process's.
const endText = readyText.then(() => frozenText('it', () => new TunnelEnd('it', args)));
const lastText = endText.then(() =>
  frozenText('it', () => new TunnelLeftovers('it', { accountId: ACCOUNT_ID, name: 'home' })),
);

interface Inputs {
  accountId: string;
  tunnelId: string;
}
interface State extends Inputs {
  connected?: boolean;
}
interface Provider {
  create(inputs: Inputs): Promise<{ id: string; outs: State }>;
  diff(id: string, olds: State, news: Inputs): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: State, news: Inputs): Promise<{ outs: State }>;
  read(id: string, state: State): Promise<{ id: string; props: State }>;
  delete(id: string, state: Inputs): Promise<void>;
}

let api: CloudflareApi;
let inputs: Inputs;
const kept = { ...process.env };

beforeEach(async () => {
  api = await startCloudflareApi({ zones: [], tokens: { [TOKEN]: tunnelEdit } });
  process.env.CLOUDFLARE_API_TOKEN = TOKEN;
  process.env.CLOUDFLARE_BASE_URL = api.url;
  process.env.REACH4_CONNECTOR_SECONDS = '0';
  const { id } = api.tunnels.create({ name: 'home', config_src: 'cloudflare' });
  inputs = { accountId: ACCOUNT_ID, tunnelId: id };
});
afterEach(async () => {
  for (const name of ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_BASE_URL', 'REACH4_CONNECTOR_SECONDS']) {
    if (kept[name] === undefined) delete process.env[name];
    else process.env[name] = kept[name];
  }
  await api[Symbol.asyncDispose]();
});

const connect = (comesBack: number | null = null): string =>
  api.tunnels.connect(api.tunnels.token(inputs.tunnelId), comesBack);

test.each([
  ['ready', readyText, []],
  ['end', endText, ['node:crypto']],
  ['leftovers', lastText, []],
])('the frozen text of "%s" is small', async (_what, text, modules) => {
  expectFreezable(await text, modules);
  expect(await text).not.toContain(TOKEN);
});

describe('ready', () => {
  const provider = async () => thawed<Provider>(await readyText);

  test('not while nobody is connected; looked for again with each up, until somebody was', async () => {
    const ready = await provider();
    const first = await ready.create(inputs);
    expect(first.outs).toEqual({ ...inputs, connected: false });
    expect(await ready.diff('', first.outs, inputs)).toEqual({ changes: true, replaces: [] });
    expect((await ready.update('', first.outs, inputs)).outs).toMatchObject({ connected: false });
    const connector = connect();
    const { outs } = await ready.update('', first.outs, inputs);
    expect(outs).toMatchObject({ connected: true });
    // Lost again: the name stays with the tunnel.
    api.tunnels.lose(connector);
    expect((await ready.read('ready', outs)).props).toEqual(outs);
    expect(await ready.diff('', outs, inputs)).toEqual({ changes: false, replaces: [] });
  });

  test('a connector that is lost, and still listed, is none', async () => {
    api.tunnels.lose(connect());
    expect((await (await provider()).create(inputs)).outs).toMatchObject({ connected: false });
  });

  test('waits for one that takes a moment', async () => {
    process.env.REACH4_CONNECTOR_SECONDS = '5';
    const waiting = (await provider()).create(inputs);
    await pause(100);
    connect();
    expect((await waiting).outs).toMatchObject({ connected: true });
  });

  test('another tunnel is another resource', async () => {
    const olds = { ...inputs, connected: true };
    expect(await (await provider()).diff('', olds, { ...inputs, tunnelId: 'other' })).toEqual({
      changes: true,
      replaces: ['tunnelId'],
    });
  });

  test('a tunnel that somebody deleted is noticed, and said', async () => {
    const ready = await provider();
    const olds = { ...inputs, connected: true };
    api.tunnels.delete(inputs.tunnelId, true);
    const { props } = await ready.read('ready', olds);
    expect(await ready.diff('', props, inputs)).toMatchObject({ changes: true });
    await expect(ready.update('', props, inputs)).rejects.toThrow(/Somebody has deleted the tunnel/u);
  });

  test('waits where the API is busy for a moment, and says what it is refused', async () => {
    api.failNext({ kind: 'rate-limit', retryAfter: 1 });
    expect((await (await provider()).create(inputs)).outs).toMatchObject({ connected: false });
    api.failNext({ kind: 'forbidden' });
    await expect((await provider()).create(inputs)).rejects.toThrow(/can't be read: Authentication error/u);
    process.env.CLOUDFLARE_API_TOKEN = '';
    await expect((await provider()).create(inputs)).rejects.toThrow(/CLOUDFLARE_API_TOKEN is not set/u);
  });
});

describe('end', () => {
  const provider = async () => thawed<Provider>(await endText);
  const canGo = (): boolean => api.tunnels.delete(inputs.tunnelId, false).deleted_at !== null;

  test('takes a connector off for good, which would come back within a moment', async () => {
    connect(20);
    await (await provider()).delete('', inputs);
    await pause(100);
    expect(api.tunnels.connections(inputs.tunnelId)).toEqual([]);
    expect(canGo()).toBe(true);
  });

  test('can be run again, and for a tunnel that is gone', async () => {
    const end = await provider();
    await end.delete('', inputs);
    await end.delete('', inputs);
    expect(canGo()).toBe(true);
    await end.delete('', inputs);
    await end.delete('', { ...inputs, tunnelId: '11111111-1111-4111-8111-111111111111' });
  });

  test('keeps what it needs, and is another for another tunnel', async () => {
    const end = await provider();
    const { outs } = await end.create(inputs);
    expect(outs).toEqual(inputs);
    expect(await end.diff('', outs, inputs)).toEqual({ changes: false, replaces: [] });
    expect(await end.diff('', outs, { ...inputs, tunnelId: 'x' })).toMatchObject({ changes: true });
    expect((await end.update('', outs, inputs)).outs).toEqual(inputs);
  });

  test('says what it is refused', async () => {
    api.failNext({ kind: 'forbidden', method: 'PATCH' });
    await expect((await provider()).delete('', inputs)).rejects.toThrow(/could not be made another/u);
  });
});

describe('what was made and never recorded', () => {
  interface Last {
    delete(id: string, state: { accountId: string; name: string }): Promise<void>;
  }
  const alive = (): string[] => api.tunnels.list({ isDeleted: false }).map(({ name }) => name);

  test('goes; others stay, whatever they are called', async () => {
    api.tunnels.create({ name: 'home-2', config_src: 'cloudflare' });
    const last = thawed<Last>(await lastText);
    await last.delete('', { accountId: ACCOUNT_ID, name: 'home' });
    expect(alive()).toEqual(['home-2']);
    await last.delete('', { accountId: ACCOUNT_ID, name: 'home' });
  });

  test('not while somebody is connected to it: that is said', async () => {
    connect();
    const last = thawed<Last>(await lastText);
    await expect(last.delete('', { accountId: ACCOUNT_ID, name: 'home' })).rejects.toThrow(
      /can't be deleted/u,
    );
    expect(alive()).toEqual(['home']);
  });
});
