import dns from 'node:dns';
import { setImmediate as soon } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AddressHold } from '../../src/components/address-hold.ts';
import { NAME, OTHER4, VPS4, ZONE } from '../support/names.ts';
import { type SmallDns, smallDns } from '../support/small-dns.ts';
import { expectFreezable, frozenText, thawed } from './frozen.ts';

interface State {
  readonly address: string;
  readonly names: readonly string[];
  readonly ttl: number;
  readonly records: 'ours' | 'by-hand';
}

interface Provider {
  create(inputs: State): Promise<{ id: string; outs: State }>;
  diff(id: string, olds: State, news: State): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: State, news: State): Promise<{ outs: State }>;
  delete(id: string, state: State): Promise<void>;
}

const SERVERS = ['192.0.2.53', '198.51.100.53'];
const HELD: State = { address: VPS4, names: [NAME], ttl: 60, records: 'ours' };
const BY_HAND: State = { ...HELD, records: 'by-hand' };

const text = frozenText(
  'hold',
  () => new AddressHold('hold', { address: VPS4, names: [NAME], ttl: 60, records: 'ours' }),
);

let net: SmallDns;
/** Seconds that the hold has waited, and what it printed. */
let waited: number;
let printed: string[];
/** Called before each pause ends. */
let meanwhile: () => void;
let provider: Provider;

/** Node's resolver, with this test's servers where the real ones would be. */
class Resolver extends dns.promises.Resolver {
  constructor() {
    // A silent server is given up soon.
    super({ timeout: 30, tries: 1 });
    const use = this.setServers.bind(this);
    const on = (port: number | undefined): string => `127.0.0.1:${port}`;
    use([on(net.resolverPort)]);
    this.setServers = (servers) => use(servers.map((server) => on(net.serverPorts[SERVERS.indexOf(server)])));
  }
}

beforeEach(async () => {
  net = await smallDns({ zone: ZONE, servers: SERVERS, ttl: 60 });
  waited = 0;
  printed = [];
  meanwhile = () => {};
  provider = thawed<Provider>(await text, {
    require: (name: string) => (name === 'node:dns' ? { promises: { Resolver } } : expect.unreachable()),
    setTimeout: (then: () => void, ms: number) => {
      waited += ms / 1000;
      meanwhile();
      void soon().then(then);
    },
    Date: { now: () => waited * 1000 },
    console: { log: (line: string) => void printed.push(line) },
  });
});
afterEach(async () => {
  delete process.env.REACH4_RELEASE_ANYWAY;
  await net[Symbol.asyncDispose]();
});

const gone = (state: State = HELD) => provider.delete('', state);

test('the frozen text is small, and loads only the resolver of Node', async () => {
  expectFreezable(await text, ['node:dns']);
});

describe('records of the stack', () => {
  test('gone: waits their TTL, for caches that got one just before', async () => {
    await gone();
    expect(waited).toBe(60);
    expect(printed[0]).toBe(`Waiting 60 s until no cache leads ${NAME} to ${VPS4} any more.`);
    expect(printed.length).toBeLessThanOrEqual(6);
  });

  test('another address there, which came back, is nothing to wait for', async () => {
    net.point(NAME, OTHER4);
    await gone();
    expect(waited).toBe(60);
  });

  test('still on the name servers: the TTL counts from when they are right', async () => {
    net.point(NAME, VPS4);
    meanwhile = () => waited >= 20 && net.point(NAME);
    await gone();
    expect(waited).toBe(80);
    expect(printed[0]).toBe(`Waiting until the name servers no longer lead ${NAME} to ${VPS4}.`);
  });

  test('made again by somebody: refused, with what to delete and how to force it', async () => {
    net.point(NAME, OTHER4, VPS4);
    await expect(gone()).rejects.toThrow(
      `${NAME} still leads to ${VPS4} (192.0.2.53 says so), and a stranger may get the address once it is released: delete that A record where the zone ${ZONE} is kept and run destroy again, or set REACH4_RELEASE_ANYWAY=${VPS4} to release the address all the same.`,
    );
    expect(waited).toBe(120);
  });

  test('DNS that nobody can ask: all name servers are right after two minutes, then the TTL', async () => {
    for (const which of [0, 1, 'resolver'] as const) net.mood(which, 'lame');
    await gone();
    expect(waited).toBe(180);
  });

  test('name servers that can’t be asked: the resolver’s word counts, and its cache runs out', async () => {
    for (const which of [0, 1]) net.mood(which, 'lame');
    net.cache(NAME, VPS4);
    meanwhile = () => waited >= 55 && net.cache(NAME, null);
    await gone();
    expect(waited).toBe(55 + 60);
  });

  test('a server that doesn’t serve the zone is no witness that the name is gone', async () => {
    net.point(NAME, VPS4);
    net.mood(0, 'lame');
    net.mood(1, 'lame');
    await expect(gone()).rejects.toThrow(/still leads to .* \(the system's resolver says so\)/u);
  });

  test('a cache that holds it is covered by the TTL', async () => {
    net.cache(NAME, VPS4, 3600);
    await gone();
    expect(waited).toBe(60);
  });
});

describe('records that a person keeps', () => {
  test('still there: refused at once', async () => {
    net.point(NAME, VPS4);
    await expect(gone(BY_HAND)).rejects.toThrow(
      /^home\.example\.org still leads to .* delete that A record/u,
    );
    expect(waited).toBe(0);
  });

  test('gone, but in the resolver’s cache for longer than planned: as long as that says', async () => {
    net.cache(NAME, VPS4, 3600);
    await gone(BY_HAND);
    expect(waited).toBe(3600);
    expect(printed.length).toBeLessThanOrEqual(6);
  });

  test('nobody can be asked: refused, for it isn’t known', async () => {
    for (const which of [0, 1, 'resolver'] as const) net.mood(which, 'silent');
    await expect(gone(BY_HAND)).rejects.toThrow(/can't be looked up from here/u);
    expect(waited).toBe(0);
  });

  test('an alias that leads there is followed', async () => {
    net.alias(NAME, `relay.${ZONE}`);
    net.point(`relay.${ZONE}`, VPS4);
    await expect(gone(BY_HAND)).rejects.toThrow(`relay.${ZONE} still leads to ${VPS4}`);
    net.point(`relay.${ZONE}`);
    await gone(BY_HAND);
    expect(waited).toBe(60);
  });

  test('an alias in a circle is no endless look', async () => {
    net.alias(NAME, `relay.${ZONE}`);
    net.alias(`relay.${ZONE}`, NAME);
    await gone(BY_HAND);
  });

  test('any name of several', async () => {
    net.point(`www.${ZONE}`, VPS4);
    await expect(gone({ ...BY_HAND, names: [NAME, `www.${ZONE}`] })).rejects.toThrow(
      `www.${ZONE} still leads to ${VPS4}`,
    );
  });
});

test('no name at all: nothing is waited for', async () => {
  await gone({ ...BY_HAND, names: [], ttl: 300 });
  expect({ waited, asked: net.asked }).toEqual({ waited: 0, asked: [] });
});

describe('forced', () => {
  test('by the very address: nobody is asked, nothing is waited for', async () => {
    net.point(NAME, VPS4);
    process.env.REACH4_RELEASE_ANYWAY = VPS4;
    await gone(BY_HAND);
    expect({ waited, asked: net.asked }).toEqual({ waited: 0, asked: [] });
    expect(printed).toEqual([
      `Not looking whether DNS still leads to ${VPS4}: REACH4_RELEASE_ANYWAY says so.`,
    ]);
  });

  test.each([OTHER4, '1', 'true'])('not by %s', async (value) => {
    net.point(NAME, VPS4);
    process.env.REACH4_RELEASE_ANYWAY = value;
    await expect(gone(BY_HAND)).rejects.toThrow(/still leads to/u);
  });
});

describe('diff and update', () => {
  test('the same is no change, whatever the provider’s text; another address is another hold', async () => {
    const other = { ...HELD, __provider: 'other' };
    expect(await provider.diff('', HELD, other)).toEqual({ changes: false, replaces: [] });
    expect(await provider.diff('', HELD, { ...HELD, ttl: 300 })).toMatchObject({
      changes: true,
      replaces: [],
    });
    expect(await provider.diff('', HELD, { ...HELD, address: OTHER4 })).toEqual({
      changes: true,
      replaces: ['address'],
    });
  });

  test('names and TTLs of earlier plans may still be in caches', async () => {
    const first = { ...HELD, names: [`www.${ZONE}`], ttl: 300 };
    const { outs } = await provider.update('', (await provider.create(first)).outs, HELD);
    expect(await provider.diff('', outs, HELD)).toEqual({ changes: false, replaces: [] });
    await gone(outs);
    expect(waited).toBe(300);
    expect(net.asked).toContain(`ns1 A www.${ZONE}`);
  });
});
