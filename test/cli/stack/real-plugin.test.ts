/**
 * The stacks at Cloudflare through the vendor's own provider, where one is installed, against the stand-in for
 * Cloudflare's API: what is kinder than the original is found out. Without one, the stand-in for the provider shows that
 * the suite itself works.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { tunnelEdit } from '../../engine/cloudflare/api/access.ts';
import { installedPlugin } from '../../engine/cloudflare/installed-plugin.ts';
import { AT_CLOUDFLARE } from '../../support/dns-hosts.ts';
import { listeners, upnp } from '../../support/evidence-host.ts';
import { LINE, outside, SIX, zone } from '../../support/home.ts';
import { NAME, OLD4, STABLE6, WAN4 } from '../../support/names.ts';
import { type World, world, wrongA } from './world.ts';

/** ms: the real provider takes seconds to start. */
const LONG = 600_000;

const plugin = await installedPlugin();

const A = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300, comment: 'six' };
const BEFORE = [`A ${NAME} ${OLD4} 1800 dns home`, `AAAA ${NAME} ${STABLE6} 300 dns six`];
const SHARED_LINE = [
  AT_CLOUDFLARE,
  ...LINE,
  ...zone([OLD4]),
  ...SIX,
  outside(OLD4, { outcome: 'timed-out' }),
  upnp('100.64.9.7'),
  listeners({}),
];
const TUNNEL = /^CNAME .*\.cfargotunnel\.com 1 proxied /u;

const CASES = [
  {
    remedy: 'a-record',
    evidence: wrongA(OLD4),
    leadsTo: [`A ${NAME} ${WAN4} 1800 dns home`, BEFORE[1]],
  },
  {
    remedy: 'edge-proxy',
    evidence: SHARED_LINE,
    leadsTo: [`AAAA ${NAME} ${STABLE6} 1 proxied six`],
  },
  { remedy: 'tunnel', evidence: SHARED_LINE, leadsTo: [expect.stringMatching(TUNNEL)] },
] as const;

const succeeds = async (the: World, ...args: string[]): Promise<string> => {
  const { exitCode, output } = await the.pulumi(...args);
  expect(exitCode, output).toBe(0);
  return output;
};

/** A connector that comes once there is a tunnel. */
function connector({ api }: World): Disposable {
  const known = new Set<string>();
  const timer = setInterval(() => {
    for (const { id } of api.tunnels.list({ isDeleted: false }).filter((each) => !known.has(each.id))) {
      known.add(id);
      api.tunnels.connect(api.tunnels.token(id), null);
    }
  }, 100);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

beforeAll(async () => {
  console.log(
    plugin === null
      ? "Cloudflare's provider: none is installed, so the stand-in is used"
      : `Cloudflare's provider: the installed pulumi-resource-cloudflare (${plugin.version}) in ${plugin.folder}`,
  );
});

describe('through the provider that is installed, if one is', () => {
  test.each(CASES)(
    '$remedy: up, unchanged, refreshed, and all of it back',
    {
      timeout: LONG,
    },
    async ({ remedy, evidence, leadsTo }) => {
      await using the = await world([A, AAAA], { rights: tunnelEdit, plugin });
      using _ = connector(the);
      the.env.REACH4_CONNECTOR_SECONDS = '30';
      await the.diagnose(evidence);
      expect(await the.plan({ remedy, adopt: true, yesLosePorts: true }), the.printed()).toBe(0);
      await succeeds(the, 'up', '--yes', '--skip-preview');
      expect(the.records()).toEqual(leadsTo);
      for (const command of [
        ['preview'],
        ['refresh', '--yes', '--skip-preview'],
        ['up', '--yes', '--skip-preview'],
      ]) {
        const output = await succeeds(the, ...command);
        expect(output).toMatch(/\d+ unchanged/u);
        expect(output).not.toMatch(/\d+ (?:to create|to update|to delete|created|updated|deleted|replaced)/u);
      }
      await succeeds(the, 'destroy', '--yes', '--skip-preview');
      expect(the.records()).toEqual(BEFORE);
      expect(the.api.tunnels.list({ isDeleted: false })).toEqual([]);
    },
  );
});
