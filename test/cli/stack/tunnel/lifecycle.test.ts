import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { down, preview, up } from '../../../../src/cli/stack/provision.ts';
import { PLAN_CONFIG } from '../../../../src/model/plan.ts';
import { tunnelEdit } from '../../../engine/cloudflare/api/access.ts';
import { NAME, OLD4, STABLE6 } from '../../../support/names.ts';
import { TOKEN, type World, world, wrongA } from '../world.ts';

/** ms: each command of the engine takes up to half a minute on two busy cores. */
const LONG = 600_000;
/** ms: cloudflared tries again within a second; here sooner, so that a test meets it. */
const COMES_BACK = 50;

const LAST = { stack: null };
const A = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const BEFORE = [`A ${NAME} ${OLD4} 1800 dns home`, `AAAA ${NAME} ${STABLE6} 300 dns -`];
const PLAN = { remedy: 'tunnel', adopt: true, yesLosePorts: true } as const;

/** A project at a home whose A record leads nowhere. `always`: the name had its AAAA, or led through the tunnel. */
async function home(seconds: string): Promise<{ the: World; always: () => boolean }> {
  let always = true;
  const the = await world([A, AAAA], {
    rights: tunnelEdit,
    onChange: (zone) => {
      const records = zone.list({ name: NAME });
      always &&= records.some(({ type, proxied }) => type === 'AAAA' || (type === 'CNAME' && proxied));
    },
  });
  the.env.REACH4_CONNECTOR_SECONDS = seconds;
  await the.diagnose(wrongA(OLD4));
  return { the, always: () => always };
}

const alive = (the: World) => the.api.tunnels.list({ isDeleted: false });
const only = (the: World) => {
  const [tunnel] = alive(the);
  if (tunnel === undefined) throw new Error('there is no tunnel');
  return tunnel;
};
const connect = (the: World): string =>
  the.api.tunnels.connect(the.api.tunnels.token(only(the).id), COMES_BACK);
const leadsTo = (id: string): string[] => [
  `CNAME ${NAME} ${id}.cfargotunnel.com 1 proxied reach4 stack home-example-org`,
];
/** The plan's mark, which is part of the tunnel's name. */
async function markOf(the: World): Promise<string> {
  const config = parse(await the.read('Pulumi.home-example-org.yaml')) as {
    config: Record<string, { id: string }>;
  };
  return config.config[PLAN_CONFIG.key]?.id ?? '';
}
const ingress = (the: World): unknown => the.api.tunnels.configuration(only(the).id);

/** Secrets in whatever was written or printed. */
async function leaks(the: World, secrets: readonly string[], printed: string): Promise<string[]> {
  const entries = await readdir(the.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.some((file) => file.includes('.reach4/state/.pulumi/stacks/'))).toBe(true);
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const));
  return [...texts, ['what was printed', printed] as const]
    .filter(([, text]) => secrets.some((secret) => text.includes(secret)))
    .map(([where]) => where);
}

test('the name moves once a connector is there, stays when it is lost, and is back at the end', {
  timeout: LONG,
}, async () => {
  const { the, always } = await home('0');
  await using _ = the;
  expect(await the.plan({ remedy: 'tunnel' })).toBe(1);
  expect(the.printed()).toMatch(/--adopt/u);
  expect(await the.plan({ ...PLAN, yesLosePorts: false })).toBe(1);
  expect(the.printed()).toMatch(/--yes-lose-ports/u);
  expect(await the.plan(PLAN)).toBe(0);
  expect(await preview(LAST, the.context())).toBe(0);
  expect(alive(the)).toEqual([]);

  // What an `up` that broke off has made and not recorded.
  const mark = await markOf(the);
  const orphan = the.api.tunnels.create({ name: `reach4-${mark}-${NAME}`, config_src: 'cloudflare' });
  expect(await up(LAST, the.context())).toBe(0);
  const first = the.printed();
  expect(first).toMatch(/nothing has been changed in DNS[\s\S]*\n {2}reach4 connector install\n/u);
  expect(the.records()).toEqual(BEFORE);
  const { id, name } = only(the);
  expect({ name, isNew: id !== orphan.id }).toEqual({ name: orphan.name, isNew: true });
  expect(ingress(the)).toMatchObject({
    config: {
      ingress: [
        { hostname: NAME, service: 'https://localhost:443', originRequest: { originServerName: NAME } },
        { service: 'http_status:404' },
      ],
    },
  });

  const connector = connect(the);
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.printed()).toMatch(/Done: cloudflared is connected/u);
  expect(the.records()).toEqual(leadsTo(id));

  the.api.tunnels.lose(connector);
  expect(await up(LAST, the.context())).toBe(0);
  const again = the.printed();
  expect(again).toContain('8 unchanged');
  expect(again).not.toContain('cloudflared is connected, and');
  expect(again).toMatch(/reach4 status tells whether\s+cloudflared is connected/u);
  expect(again).not.toMatch(/\d+ (?:created|updated|deleted|replaced)/u);
  expect(the.records()).toEqual(leadsTo(id));

  connect(the);
  const token = the.api.tunnels.token(id);
  expect(await down(LAST, the.context())).toBe(0);
  expect(alive(the)).toEqual([]);
  expect(the.records()).toEqual(BEFORE);
  expect(always()).toBe(true);
  expect(await leaks(the, [TOKEN, token], first + again + the.printed())).toEqual([]);
});

test('a tunnel that somebody deleted at Cloudflare: up says so, down and up make another', {
  timeout: LONG,
}, async () => {
  const { the, always } = await home('0');
  await using _ = the;
  expect(await the.plan(PLAN)).toBe(0);
  expect(await up(LAST, the.context())).toBe(0);
  const { id } = only(the);
  connect(the);
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.records()).toEqual(leadsTo(id));

  the.api.tunnels.delete(id, true);
  the.printed();
  expect(await up(LAST, the.context())).toBe(1);
  const said = the.printed();
  expect(said).toMatch(/Somebody has deleted the tunnel.*\(reach4 down\), and up again/u);
  expect(said).not.toContain('Done');

  expect(await down(LAST, the.context())).toBe(0);
  expect(the.records()).toEqual(BEFORE);
  expect(await up(LAST, the.context())).toBe(0);
  expect(only(the).id).not.toBe(id);
  expect(the.records()).toEqual(BEFORE);
  expect(always()).toBe(true);
});

test('with the literal pulumi: one up that waits, drift and settings, destroy under a live connector', {
  timeout: LONG,
}, async () => {
  const { the, always } = await home('120');
  await using _ = the;
  expect(await the.plan(PLAN)).toBe(0);
  const coming = (async () => {
    while (alive(the).length === 0) await pause(100);
    connect(the);
  })();
  const first = await the.pulumi('up', '--yes', '--skip-preview');
  await coming;
  expect(first).toMatchObject({ exitCode: 0, output: expect.stringContaining('8 created') });
  const { id } = only(the);
  const token = the.api.tunnels.token(id);
  expect(the.records()).toEqual(leadsTo(id));

  const refreshed = await the.pulumi('refresh', '--yes', '--skip-preview');
  expect(refreshed).toMatchObject({ exitCode: 0, output: expect.stringContaining('8 unchanged') });

  // Other settings, and somebody's hand in the zone and in the tunnel.
  expect(await the.plan({ remedy: 'tunnel', tunnel: { service: 'http://localhost:8080' } })).toBe(0);
  const [alias] = the.api.zones[0]?.list({ type: 'CNAME' }) ?? [];
  the.api.zones[0]?.patch(alias?.id ?? '', { content: 'elsewhere.example.net', comment: 'by hand' });
  the.api.tunnels.configure(id, { config: { ingress: [{ service: 'http_status:503' }] } });
  const repaired = await the.pulumi('up', '--yes', '--skip-preview', '--refresh');
  expect(repaired.exitCode).toBe(0);
  expect(the.records()).toEqual(leadsTo(id));
  expect(ingress(the)).toMatchObject({
    config: {
      ingress: [{ hostname: NAME, service: 'http://localhost:8080' }, { service: 'http_status:404' }],
    },
  });

  const gone = await the.pulumi('destroy', '--yes', '--skip-preview');
  expect(gone.exitCode).toBe(0);
  await pause(4 * COMES_BACK);
  expect(the.api.tunnels.list({})).toMatchObject([{ id, deleted_at: expect.any(String), status: 'down' }]);
  expect(the.records()).toEqual(BEFORE);
  expect(always()).toBe(true);
  const printed = [first, refreshed, repaired, gone].map(({ output }) => output).join('') + the.printed();
  expect(await leaks(the, [TOKEN, token], printed)).toEqual([]);
});
