import { expect, test } from 'vitest';
import { caseOfHome, type Example, NOTHING_COMES } from '../../docs/causes/home.ts';
import { cgnat } from '../../src/causes/cgnat.ts';
import { hostFirewall } from '../../src/causes/host-firewall.ts';
import { ispBlock } from '../../src/causes/isp-block.ts';
import { portForward } from '../../src/causes/port-forward.ts';
import { reach, without } from '../support/evidence.ts';
import { routes, told, upnp } from '../support/evidence-host.ts';
import { dead, ownAddresses } from '../support/home.ts';
import { LAN4, STABLE6, WAN4 } from '../support/names.ts';

/** Nothing comes in, and the router's list doesn't hold the port. */
const UNLISTED = { ...NOTHING_COMES, router: [upnp(WAN4)] };

const NEXT: readonly [string, typeof cgnat, Example['seen'], string | null][] = [
  ['no forward is listed, nor seen', portForward, UNLISTED, 'read-forward'],
  [
    'a connection from inside shows the forward',
    portForward,
    { ...UNLISTED, inside: [reach(WAN4)] },
    'read-router-firewall',
  ],
  [
    'a connection from inside shows it, and the firewall was read',
    portForward,
    { ...UNLISTED, router: [upnp(WAN4), told({ routerFirewall: 'open' })], inside: [reach(WAN4)] },
    'read-forward',
  ],
  ['no service told the address', cgnat, nobodyAsked(routes()), 'allow-public-services'],
  ['no service can be asked without a route', cgnat, nobodyAsked(routes(null)), 'fix-first'],
  [
    'nothing that reads the rules is installed',
    hostFirewall,
    { ...NOTHING_COMES, firewall: [without('firewall', 'skipped', 'no-tool')] },
    'install-tool',
  ],
  [
    'only root may read the rules',
    hostFirewall,
    { ...NOTHING_COMES, firewall: [without('firewall', 'skipped', 'no-privilege')] },
    'run-as-root',
  ],
  [
    'reading the rules failed',
    hostFirewall,
    { ...NOTHING_COMES, firewall: [without('firewall', 'failed', 'timed-out')] },
    'repeat',
  ],
];

function nobodyAsked(way: ReturnType<typeof routes>): Example['seen'] {
  return {
    line: [ownAddresses(LAN4, STABLE6)],
    routes: [way],
    ports: [],
    arrivals: [],
    inside: [dead(WAN4)],
    outside: [],
  };
}

test.each(NEXT)('where %s, %o asks for the next thing that can be done', (where, { judge }, seen, code) => {
  expect(judge(caseOfHome({ where, seen })).next?.code ?? null).toBe(code);
});

test.each([ispBlock, portForward, cgnat])(
  'who looks from outside is not told that nobody did: %o',
  (cause) => {
    const codes = (vantage: 'outside' | 'server') =>
      cause
        .judge(caseOfHome({ where: '', vantage, seen: { ...nobodyAsked(routes()), router: [], inside: [] } }))
        .because.map(({ code }) => code);
    expect(codes('outside')).not.toContain('not-seen-outside');
    expect(codes('server')).toContain('not-seen-outside');
  },
);
