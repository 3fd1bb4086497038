import { expect, test } from 'vitest';
import { down, preview, up } from '../../../../src/cli/stack/provision.ts';
import { AT_CLOUDFLARE } from '../../../support/dns-hosts.ts';
import { listeners, upnp } from '../../../support/evidence-host.ts';
import { LINE, outside, SIX, zone } from '../../../support/home.ts';
import { NAME, OLD4, STABLE6, ZONE } from '../../../support/names.ts';
import { leaks } from '../leaks.ts';
import { type World, world } from '../world.ts';

/** ms: each command of the engine takes two to four seconds on two busy cores. */
const LONG = 240_000;

const LAST = { stack: null };
const A_OLD = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home', tags: ['of:ann'] };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300, comment: 'six', tags: ['of:bob'] };
const OTHERS = [
  { type: 'TXT', name: NAME, content: 'stays' },
  { type: 'A', name: `other.${ZONE}`, content: OLD4, ttl: 300 },
];

/** A shared line, so that nothing reaches the server over IPv4; IPv6 works; the zone is Cloudflare's. */
const SHARED_LINE = [
  AT_CLOUDFLARE,
  ...LINE,
  ...zone([OLD4]),
  ...SIX,
  outside(OLD4, { outcome: 'timed-out' }),
  upnp('100.64.9.7'),
  listeners({}, { port: 22, program: { name: 'sshd', pid: 7, unit: null } }),
];

/** A world in which the name is looked at after each call that changes something. */
async function home(aaaa = AAAA) {
  const without: string[] = [];
  const the = await world([A_OLD, aaaa, ...OTHERS], {
    onChange: (changed) => {
      if (changed.list({ name: NAME, type: 'AAAA' }).length === 0) without.push('no AAAA');
    },
  });
  await the.diagnose(SHARED_LINE);
  return { the, without };
}

/** The zone as it is, with ids and all that Cloudflare forgets when a record is written anew. */
const whole = ({ api }: World) =>
  (api.zones[0]?.list() ?? [])
    .map(({ type, name, content, ttl, proxied, comment, tags, settings }) => ({
      ...{ type, name, content, ttl, proxied, comment, tags, settings },
    }))
    .sort((one, other) => `${one.name} ${one.type}`.localeCompare(`${other.name} ${other.type}`));
const aaaaId = ({ api }: World): string => api.zones[0]?.list({ name: NAME, type: 'AAAA' })[0]?.id ?? '';

const EDGE = { remedy: 'edge-proxy', adopt: true, yesLosePorts: true } as const;
const proxied = (content = STABLE6, comment = 'six') => `AAAA ${NAME} ${content} 1 proxied ${comment}`;
const REST = [`A other.${ZONE} ${OLD4} 300 dns -`, `TXT ${NAME} stays 1 dns -`];
const now = (the: World) => the.records().filter((record) => !REST.includes(record));

test('planned, up, unchanged, drift, changed, and all of it back', { timeout: LONG }, async () => {
  const { the, without } = await home();
  await using _ = the;
  const before = whole(the);
  const id = aaaaId(the);
  expect(await the.plan({ remedy: 'edge-proxy' })).toBe(1);
  expect(the.printed()).toMatch(/There is already[\s\S]*reach4 plan --remedy edge-proxy --adopt/u);
  expect(await the.plan({ remedy: 'edge-proxy', adopt: true })).toBe(1);
  expect(the.printed()).toMatch(/SSH \(22, sshd\)[\s\S]*--yes-lose-ports/u);
  expect(await the.plan(EDGE)).toBe(0);
  let printed = the.printed();
  expect(printed).toMatch(/AAAA +home\.example\.org +2a0b:\S+ \(stays\) +becomes proxied/u);
  expect(whole(the)).toEqual(before);

  expect(await up(LAST, the.context())).toBe(0);
  expect(now(the)).toEqual([proxied()]);
  expect(aaaaId(the)).toBe(id);
  printed += the.printed();
  expect(await up(LAST, the.context())).toBe(0);
  const again = the.printed();
  expect(again).toContain('3 unchanged');
  expect(again).not.toMatch(/\d+ (?:created|updated|deleted|replaced)/u);

  // Switched off by hand.
  the.api.zones[0]?.patch(id, { proxied: false, ttl: 60 });
  expect(await up(LAST, the.context())).toBe(0);
  expect(now(the)).toEqual([proxied()]);
  expect(the.printed()).toContain('1 updated');

  // Changed one's mind, and back.
  expect(await the.plan({ ...EDGE, adopt: false, restore: false })).toBe(0);
  expect(await up(LAST, the.context())).toBe(0);
  expect(now(the)).toEqual([proxied()]);
  expect(await the.plan({ ...EDGE, adopt: false })).toBe(0);
  expect(await up(LAST, the.context())).toBe(0);

  expect(await down(LAST, the.context())).toBe(0);
  expect(whole(the)).toEqual(before);
  expect(aaaaId(the)).toBe(id);
  expect(without).toEqual([]);
  expect(await leaks(the, printed + again + the.printed())).toEqual([]);
});

test('with the literal pulumi: previewed, refreshed, and all of it back', { timeout: LONG }, async () => {
  const { the, without } = await home();
  await using _ = the;
  const before = whole(the);
  expect(await the.plan(EDGE)).toBe(0);
  expect(await preview(LAST, the.context())).toBe(0);
  expect(the.printed()).toContain('pulumi-nodejs:dynamic/reach4:NameRecords');
  expect(whole(the)).toEqual(before);
  // One with the compiled program, one with its source: the text frozen in the state differs, the data must not.
  expect(await up(LAST, the.context())).toBe(0);
  const again = await the.pulumi('up', '--yes', '--skip-preview');
  expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining('3 unchanged') });
  const refreshed = await the.pulumi('refresh', '--yes', '--skip-preview');
  expect(refreshed).toMatchObject({ exitCode: 0, output: expect.stringContaining('3 unchanged') });
  expect(now(the)).toEqual([proxied()]);
  const gone = await the.pulumi('destroy', '--yes', '--skip-preview');
  expect(gone.exitCode).toBe(0);
  expect(whole(the)).toEqual(before);
  expect(without).toEqual([]);
  expect(await leaks(the, the.printed() + again.output + refreshed.output + gone.output)).toEqual([]);
});

test('content that is left to its keeper is never written, --no-restore', { timeout: LONG }, async () => {
  const { the, without } = await home({ ...AAAA, comment: 'ddclient' });
  await using _ = the;
  expect(await the.plan(EDGE)).toBe(1);
  expect(the.printed()).toContain('--leave-content');
  expect(await the.plan({ ...EDGE, leaveContent: true, restore: false })).toBe(0);
  expect(await up(LAST, the.context())).toBe(0);
  the.api.zones[0]?.patch(aaaaId(the), { content: '2a0b:4341:7700::99' });
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.printed()).toContain('3 unchanged');
  expect(now(the)).toEqual([proxied('2a0b:4341:7700::99', 'ddclient')]);
  expect(await down(LAST, the.context())).toBe(0);
  expect(now(the)).toEqual([`AAAA ${NAME} 2a0b:4341:7700::99 300 dns ddclient`]);
  expect(without).toEqual([]);
});
