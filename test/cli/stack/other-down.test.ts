import { expect, test } from 'vitest';
import { writePlans } from '../../../src/cli/stack/config-file.ts';
import { down, up } from '../../../src/cli/stack/provision.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { byHand, relayPlanOf } from '../../components/relay-plans.ts';
import { AT_CLOUDFLARE } from '../../support/dns-hosts.ts';
import { listeners, upnp } from '../../support/evidence-host.ts';
import { LINE, outside, SIX, zone } from '../../support/home.ts';
import { NAME, OLD4, STABLE6 } from '../../support/names.ts';
import { world } from './world.ts';

/** ms: each command of the engine takes up to half a minute on two busy cores. */
const LONG = 240_000;

const LAST = { stack: null };
const A = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300, comment: 'six' };

test('down takes away what is up, whatever is planned: no rights for a relay that nobody made, and no word of its costs', {
  timeout: LONG,
}, async () => {
  await using the = await world([A, AAAA]);
  await the.diagnose([
    AT_CLOUDFLARE,
    ...LINE,
    ...zone([OLD4]),
    ...SIX,
    outside(OLD4, { outcome: 'timed-out' }),
    upnp('100.64.9.7'),
    listeners(),
  ]);
  const before = the.records();
  expect(await the.plan({ remedy: 'edge-proxy', adopt: true, yesLosePorts: true })).toBe(0);
  expect(await up(LAST, the.context())).toBe(0);
  expect(the.records()).not.toEqual(before);

  const plan = relayPlanOf(byHand());
  await writePlans(the.folder, 'home-example-org', { plan, before: null }, nodePorts().files);
  the.printed();
  expect(await down(LAST, the.context())).toBe(0);
  const said = the.printed();
  expect(said).toContain('The stack is up with edge-proxy; it is taken down.');
  expect(said).toContain('Done: edge-proxy is down. The plan of relay is kept');
  expect(said).not.toMatch(/a month|host and its address/u);
  expect(the.records()).toEqual(before);
});
