/** A relay's records, what was there before, and the hold of the address: the literal `pulumi`, and real name servers. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import type { RelayDns } from '../../src/model/relay-plan.ts';
import { recordBefore } from '../components/plans.ts';
import { atCloudflare, atRoute53, byHand } from '../components/relay-plans.ts';
import { NAME, OLD4, OTHER4, STABLE6, ZONE } from '../support/names.ts';
import { type SmallDns, smallDns } from '../support/small-dns.ts';
import type { PulumiRun } from './folder.ts';
import { ADDRESS, type RelayWorld, type RelayWorldOptions, relayWorld, tcpPlan } from './relay-world.ts';

/** ms: each command of the engine takes three to eight seconds on two busy cores. */
const LONG = 300_000;

const ID = 'Z0123456789';
/** Loopback addresses of this process's own, for port 53. */
const OWN = `127.53.${1 + (process.pid % 250)}`;
const RESOLVER = `${OWN}.1`;
const SERVERS = [`${OWN}.2`, `${OWN}.3`];
/** Seconds: as short as a record may live, so that the wait is. */
const TTL = 3;

/** The least that Cloudflare takes. */
const CLOUDFLARE_TTL = 60;

const CHANGE = { kind: 'server-error', action: 'route53:ChangeResourceRecordSets' } as const;

const OLD = { name: NAME, type: 'A', ttl: 1800, values: [OLD4, OTHER4] };
const SIX = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };
const madeFor = (ttl: number): RelayDns =>
  atRoute53({ zone: { id: ID, name: ZONE }, records: [{ name: NAME, ttl, adopt: false }] });
const ROUTE53 = madeFor(TTL);
const ADOPTED = atRoute53({
  zone: { id: ID, name: ZONE },
  records: [{ name: NAME, ttl: TTL, adopt: true }],
  previous: [{ type: 'A', name: NAME, ttl: 1800, values: [OLD4, OTHER4] }],
});
const BY_HAND = byHand({ records: [{ name: NAME, ttl: TTL }] });

interface Names extends AsyncDisposable {
  readonly relay: RelayWorld;
  readonly dns: SmallDns;
  /** `A 1800 81.2.99.77` and the like, of the name at Route 53. */
  sets(): string[];
  plan(dns: RelayDns): Promise<void>;
}

/** A relay whose plan asks real name servers: those of the zone tell what the provider holds. */
async function world(
  records: readonly (typeof OLD)[],
  more: Omit<RelayWorldOptions, 'aws'> = {},
): Promise<Names> {
  let relay: RelayWorld | undefined;
  const setsOf = (name: string) =>
    [...(relay?.aws.account.zones.get(ID).sets.values() ?? [])].filter((set) => set.Name === `${name}.`);
  const dns = await smallDns({
    zone: ZONE,
    servers: SERVERS,
    ttl: TTL,
    on: { resolver: RESOLVER },
    live: (name) => [
      ...setsOf(name)
        .filter(({ Type }) => Type === 'A')
        .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => String(Value))),
      ...(relay?.cloudflare.zones[0]?.list({ type: 'A', name }) ?? []).map(({ content }) => content),
    ],
  });
  await using disposal = new AsyncDisposableStack();
  disposal.use(dns);
  relay = await relayWorld({
    ...more,
    aws: { zones: [{ name: ZONE, id: ID, records: [...records] }] },
    environment: { REACH4_RELEASE_ANYWAY: '', ...more.environment },
    folder: { resolver: RESOLVER, timeoutMs: LONG, ...more.folder },
  });
  const made = relay;
  disposal.move();
  return {
    relay: made,
    dns,
    sets: () =>
      setsOf(NAME)
        .map(
          ({ Type, TTL: ttl, ResourceRecords = [] }) =>
            `${Type} ${ttl} ${ResourceRecords.map(({ Value }) => Value)}`,
        )
        .sort(),
    plan: (planned) => made.plan(tcpPlan({ dns: planned })),
    [Symbol.asyncDispose]: async () => {
      await made[Symbol.asyncDispose]();
      await dns[Symbol.asyncDispose]();
    },
  };
}

const succeeds = ({ exitCode, output }: PulumiRun): string => {
  expect(exitCode, output).toBe(0);
  return output;
};
const fails = ({ exitCode, output }: PulumiRun): string => {
  expect(exitCode, output).toBe(1);
  return output;
};

const unchanged = /Resources:\s+\d+ unchanged/u;
const GONE = ['DetachStaticIp', 'DeleteInstance', 'ReleaseStaticIp'];

/** What the state holds of a resource whose text was frozen by another version: the same data, another text. */
async function asIfFrozenEarlier({ folder }: RelayWorld): Promise<void> {
  const file = 'state.json';
  succeeds(await folder.pulumi(['stack', 'export', '--file', file]));
  const state = JSON.parse(await folder.read(file));
  for (const { inputs, outputs } of state.deployment.resources) {
    for (const part of [inputs, outputs]) {
      if (typeof part?.__provider !== 'string') continue;
      part.__provider = part.__provider.replace(
        /async function \/\*delete\*\/\([^)]*\) \{/u,
        "$&\nconsole.log('frozen earlier');\n",
      );
    }
  }
  await folder.write(file, JSON.stringify(state));
  succeeds(await folder.pulumi(['stack', 'import', '--file', file]));
}

describe('at Route 53', { timeout: LONG }, () => {
  test('a record comes, stays, is repaired, and is gone from every cache before the address is released', async () => {
    await using the = await world([SIX]);
    await the.plan(ROUTE53);
    succeeds(await the.relay.up());
    const ours = [`A ${TTL} ${ADDRESS}`, `AAAA 300 ${STABLE6}`];
    expect(the.sets()).toEqual(ours);
    expect(succeeds(await the.relay.up())).toMatch(unchanged);
    // Somebody turns it elsewhere.
    await write(the, OTHER4);
    succeeds(await the.relay.up());
    expect(the.sets()).toEqual(ours);
    the.relay.timeline();
    const start = performance.now();
    const output = succeeds(await the.relay.destroy());
    expect(performance.now() - start).toBeGreaterThan(TTL * 1000);
    expect(output).toContain(`Waiting ${TTL} s until no cache leads ${NAME} to ${ADDRESS} any more.`);
    expect(the.relay.timeline()).toEqual(['ChangeResourceRecordSets', ...GONE]);
    expect(the.sets()).toEqual([`AAAA 300 ${STABLE6}`]);
    expect(the.relay.exists()).toEqual([]);
    expect(the.dns.asked.filter((line) => line === `ns1 A ${NAME}`).length).toBeGreaterThan(0);
  });

  test('an adopted one is changed in place and comes back in place, by code that an earlier version froze', async () => {
    await using the = await world([OLD, SIX]);
    await the.plan(ADOPTED);
    succeeds(await the.relay.up());
    expect(the.sets()).toEqual([`A ${TTL} ${ADDRESS}`, `AAAA 300 ${STABLE6}`]);
    await asIfFrozenEarlier(the.relay);
    expect(succeeds(await the.relay.up())).toMatch(unchanged);
    the.relay.timeline();
    expect(succeeds(await the.relay.destroy())).toMatch(/frozen earlier/u);
    // One call, in place: the name was never without an A record.
    expect(the.relay.timeline()).toEqual(['ChangeResourceRecordSets', ...GONE]);
    expect(the.sets()).toEqual([`A 1800 ${OLD4},${OTHER4}`, `AAAA 300 ${STABLE6}`]);
    expect(the.relay.exists()).toEqual([]);
  });

  test('an up that never heard whether the record was made goes on', async () => {
    await using the = await world([SIX]);
    await the.plan(ROUTE53);
    the.relay.aws.fail({ ...CHANGE, at: 'after' });
    fails(await the.relay.up());
    expect(the.sets()).toContain(`A ${TTL} ${ADDRESS}`);
    succeeds(await the.relay.up());
    expect(succeeds(await the.relay.up())).toMatch(unchanged);
    // The same at the end: what was deleted and not recorded is no error.
    the.relay.aws.fail({ ...CHANGE, at: 'after' });
    await the.relay.destroy();
    succeeds(await the.relay.destroy());
    expect(the.relay.exists()).toEqual([]);
  });

  test('what somebody else has made meanwhile is not written over', async () => {
    await using the = await world([SIX]);
    await the.plan(ROUTE53);
    the.relay.aws.fail({ ...CHANGE, at: 'before' });
    fails(await the.relay.up());
    await write(the, OTHER4);
    expect(fails(await the.relay.up())).toContain(
      `There is an A record of ${NAME} now (${OTHER4}) that this stack didn't make and that wasn't there when it was planned; plan again`,
    );
    succeeds(await the.relay.destroy());
    expect(the.sets()).toContain(`A 60 ${OTHER4}`);
  });

  test.each([
    ['once, the wait is finished and nothing after it', 1],
    ['twice, it ends at once', 2],
  ])('interrupted %s; destroy again goes on', async (_, times) => {
    await using the = await world([SIX]);
    const long = 20;
    await the.plan(madeFor(long));
    succeeds(await the.relay.up());
    the.relay.timeline();
    let start = 0;
    const { output } = await the.relay.destroying((text, interrupt) => {
      const isFirst = start === 0 && text.includes(`Waiting ${long} s`);
      // What was said is said again at the end.
      if (isFirst) start = performance.now();
      if (isFirst || (times === 2 && text.includes('press ^C again'))) interrupt();
    });
    const waited = performance.now() - start;
    expect(output).toContain('^C received');
    expect(times === 2 ? waited < (long * 1000) / 2 : waited > (long - 1) * 1000, `${waited} ms`).toBe(true);
    expect(the.relay.timeline()).toEqual(['ChangeResourceRecordSets']);
    expect(the.relay.attachedTo()).toEqual(expect.any(String));
    const again = succeeds(await the.relay.destroy());
    // What was waited for to the end needs no second wait.
    expect(again.includes(`Waiting ${long} s`)).toBe(times === 2);
    expect(the.relay.timeline()).toEqual(GONE);
    expect(the.relay.exists()).toEqual([]);
  });

  test('a restore that fails leaves the address where it is, until it is run again', async () => {
    await using the = await world([OLD, SIX]);
    await the.plan(ADOPTED);
    succeeds(await the.relay.up());
    the.relay.timeline();
    // The client tries five times by itself.
    for (let nth = 1; nth <= 5; nth += 1) the.relay.aws.fail({ ...CHANGE, at: 'before', nth });
    expect(fails(await the.relay.destroy())).toMatch(
      new RegExp(`error: ${NAME} A ${OLD4}, ${OTHER4} could not be put back: `, 'u'),
    );
    expect(the.relay.timeline().filter((action) => action !== 'ChangeResourceRecordSets')).toEqual([]);
    succeeds(await the.relay.destroy());
    expect(the.relay.timeline()).toEqual(['ChangeResourceRecordSets', ...GONE]);
    expect(the.sets()).toContain(`A 1800 ${OLD4},${OTHER4}`);
  });
});

describe('by hand', { timeout: LONG }, () => {
  test('nothing is released while the record is there, and the relay goes on; then it goes', async () => {
    await using the = await world([SIX]);
    await the.plan(BY_HAND);
    const output = succeeds(await the.relay.up());
    expect(output).toContain(ADDRESS);
    await write(the, ADDRESS);
    the.relay.timeline();
    const host = the.relay.attachedTo();
    expect(host).toEqual(expect.any(String));
    expect(fails(await the.relay.destroy())).toContain(
      `error: ${NAME} still leads to ${ADDRESS} (${SERVERS[0]} says so), and a stranger may get the address once it is released: delete that A record where the zone ${ZONE} is kept and run destroy again, or set REACH4_RELEASE_ANYWAY=${ADDRESS} to release the address all the same.`,
    );
    expect(the.relay.attachedTo()).toBe(host);
    expect(the.relay.timeline()).toEqual([]);
    await write(the, ADDRESS, 'DELETE');
    succeeds(await the.relay.destroy());
    expect(the.relay.exists()).toEqual([]);
  });

  test('forced, by the very address only', async () => {
    await using the = await world([SIX]);
    await the.plan(BY_HAND);
    succeeds(await the.relay.up());
    await write(the, ADDRESS);
    const force = (value: string) =>
      the.relay.folder.pulumi(['destroy', '--yes', '--skip-preview'], { REACH4_RELEASE_ANYWAY: value });
    expect(fails(await force('127.78.0.2'))).toContain('still leads to');
    expect(succeeds(await force(ADDRESS))).toContain(`Not looking whether DNS still leads to ${ADDRESS}`);
    expect(the.relay.exists().filter((what) => !what.startsWith('record'))).toEqual([]);
  });
});

describe('at Cloudflare', { timeout: LONG }, () => {
  test('an adopted record comes back in place, and the wait for the TTL is as long as it takes', async () => {
    await using the = await world([]);
    const [zone] = the.relay.cloudflare.zones;
    if (zone === undefined) throw new Error('the stand-in has no zone');
    const old = zone.create({ type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' });
    const more = zone.create({ type: 'A', name: NAME, content: OTHER4, ttl: 1800 });
    const previous = [
      recordBefore({ id: old.id }),
      recordBefore({ id: more.id, content: OTHER4, comment: null }),
    ];
    await the.plan(
      atCloudflare({
        records: [
          { name: NAME, ttl: CLOUDFLARE_TTL, comment: 'home', tags: [], adopt: { recordId: old.id } },
        ],
        previous,
      }),
    );
    succeeds(await the.relay.up());
    expect(the.relay.records()).toEqual([`${NAME} ${ADDRESS}`]);
    the.relay.timeline();
    const start = performance.now();
    succeeds(await the.relay.destroy());
    expect(performance.now() - start).toBeGreaterThan(CLOUDFLARE_TTL * 1000);
    expect(the.relay.timeline()).toEqual([`A ${OLD4} ${OTHER4}`, ...GONE]);
    expect(zone.get(old.id)).toMatchObject({ content: OLD4, ttl: 1800, comment: 'home' });
  });

  test('an up that never heard whether the record was made goes on', async () => {
    await using the = await world([], { environment: { REACH4_RELEASE_ANYWAY: ADDRESS } });
    await the.plan(atCloudflare());
    the.relay.cloudflare.failNext({ kind: 'forbidden', method: 'POST' });
    fails(await the.relay.up());
    the.relay.cloudflare.zones[0]?.create({
      type: 'A',
      name: NAME,
      content: ADDRESS,
      ttl: CLOUDFLARE_TTL,
      comment: 'reach4 stack home-example-org',
    });
    succeeds(await the.relay.up());
    expect(the.relay.records()).toEqual([`${NAME} ${ADDRESS}`]);
    expect(succeeds(await the.relay.up())).toMatch(unchanged);
    succeeds(await the.relay.destroy());
    expect(the.relay.records()).toEqual([]);
  });
});

/** A record set of the name, by hand. */
async function write({ relay }: Names, value: string, Action: 'UPSERT' | 'DELETE' = 'UPSERT'): Promise<void> {
  const ResourceRecordSet = {
    Name: NAME,
    Type: 'A' as const,
    TTL: 60,
    ResourceRecords: [{ Value: value }],
  };
  const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] };
  await relay.hand.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: ID, ChangeBatch }));
}
