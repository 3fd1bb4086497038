import { describe, expect, test } from 'vitest';
import { toldFactsSchema } from '../../../src/model/facts/router.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { LAN4, NAME, OLD4, STABLE6, WAN4 } from '../../support/names.ts';
import { GATEWAY } from './home/scene.ts';
import { AGENT, home } from './home-world.ts';
import { outcomes } from './world.ts';

const told = (facts: object) =>
  toldFactsSchema.parse({ wanIpv4: null, forwards: null, routerFirewall: null, boxInFront: null, ...facts });

describe('how long it takes', () => {
  test('a healthy home: less than a second', async () => {
    const { at, evidence } = await home().run({ outside: AGENT });
    expect(at).toBeLessThan(1_000);
    expect(evidence.filter(({ probe }) => probe === 'reach').length).toBeGreaterThan(3);
  });

  test('and nobody waits there for what would only explain a failure', async () => {
    const slow = { upnp: 3_000, natPmp: 2_000, pcp: 2_000, trace: 3_000 };
    const { at, evidence } = await home({ wan: null, takes: slow }).run({ outside: AGENT });
    expect(at).toBeLessThan(1_000);
    expect(evidence.find(({ probe }) => probe === 'upnp')).toMatchObject({
      status: 'skipped',
      reason: { code: 'not-applicable', detail: expect.stringMatching(/answers over both families/u) },
    });
  });

  test('the first look waits a little for the other family, which is the control', async () => {
    const late = await home({
      a: [],
      takes: { authority: 700, whoami: 600, stun: 650, upnp: 600, natPmp: 600 },
    }).run({
      outside: AGENT,
    });
    expect(late.looks[0]?.addresses.map(({ address }) => address)).toEqual([WAN4, STABLE6]);
    expect(late.asked.find(({ probe }) => probe === 'look')?.at).toBe(600);
  });

  const dead = (address: string) => address === WAN4 || address === OLD4;
  const nobody = { upnp: 3_000, natPmp: 2_000, pcp: 2_000, trace: 3_000, whoami: 5_000, stun: 2_000 };
  test.each<[string, Parameters<typeof home>[0]]>([
    ['IPv4 dead from everywhere', { dead }],
    ['and the router silent', { dead, wan: null, takes: { upnp: 3_000, natPmp: 2_000, pcp: 2_000 } }],
    ['and nobody to tell the address', { dead, wan: null, observed: null, takes: nobody }],
    ['and a resolver that never answers', { dead, takes: { resolver: 'never' } }],
    ['and a name server that never answers', { dead, takes: { authority: 'never' } }],
    [
      'and everything that can hang hanging',
      { dead, takes: { firewall: 'never', upnp: 'never', trace: 'never' } },
    ],
    ['two addresses dead', { dead, a: [WAN4, OLD4] }],
  ])('%s: one time-out and a second at most', async (_, the) => {
    const { at } = await home(the).run({ outside: AGENT });
    expect(at).toBeGreaterThanOrEqual(4_000);
    expect(at).toBeLessThanOrEqual(5_000);
  });

  test('a resolver without an answer within four seconds has timed out, and the rest is known', async () => {
    const { evidence } = await home({ takes: { resolver: 'never', upnp: 'never' } }).run();
    expect(outcomes(evidence)).toMatchObject({
      'resolver:here:192.168.77.1': 'timed-out',
      [`upnp:here:${GATEWAY}`]: 'timed-out',
      [`reach:here:${WAN4}`]: 'ok',
      [`reach:here:${STABLE6}`]: 'ok',
    });
  });

  test('all that needs nothing begins at once', async () => {
    const { asked } = await home().run({ outside: AGENT });
    const first = asked.filter(({ at }) => at === 0).map(({ probe }) => probe);
    expect(new Set(first)).toEqual(
      new Set([
        ...['resolver', 'authority', 'osLookup', 'addresses', 'routes', 'listeners', 'firewall'],
        ...['whoami', 'stun', 'watchArrivals'],
        // A resolver's answer is heard before its probe ends.
        'reach',
      ]),
    );
  });
});

describe('the router', () => {
  test('is asked over everything it may speak, as soon as it is known', async () => {
    const { asked, of } = await home().run();
    expect(of('upnp')).toEqual([`${GATEWAY} level 1 multicast`]);
    expect([of('natPmp'), of('pcp')]).toEqual([[`${GATEWAY} level 1`], [`${GATEWAY} level 1`]]);
    expect(asked.find(({ probe }) => probe === 'upnp')?.at).toBe(10);
    expect(of('reach')).toContain(`${GATEWAY} 443 gateway`);
  });

  test.each<[string, Parameters<typeof home>[0]]>([
    ['no default route', { gateway: null }],
    ['a VPN as default route', { vpn: true, gateway: '10.8.0.1' }],
  ])('is looked for where routers customarily are: %s', async (_, the) => {
    const { of } = await home(the).run();
    expect(of('upnp')).toEqual(['192.168.77.1 level 1 multicast', '192.168.77.254 level 1']);
    expect(of('reach').filter((what) => what.endsWith('gateway'))).toEqual([]);
  });

  test('of another line is left alone', async () => {
    const { of } = await home().run({ from: 'outside' });
    expect(
      [of('upnp'), of('natPmp'), of('pcp'), of('trace'), of('listeners'), of('firewall')].flat(),
    ).toEqual([]);
  });

  test("with a public gateway is the provider's, and left alone", async () => {
    const { of } = await home({ gateway: '81.2.98.1', own: [[WAN4, 'eth0']] }).run();
    expect([of('upnp'), of('natPmp'), of('pcp')].flat()).toEqual([]);
  });

  test('behind another one: the box in front is asked as well, without multicast', async () => {
    const { of } = await home({ wan: '192.168.1.2', hops: [GATEWAY, '192.168.1.1', '81.2.98.1'] }).run();
    expect(of('upnp').slice(1)).toEqual(['192.168.1.1 level 2', '192.168.1.254 level 2']);
    expect(of('natPmp').slice(1)).toEqual(['192.168.1.1 level 2', '192.168.1.254 level 2']);
  });

  test('that tells nothing: the second hop shows a box in front', async () => {
    const { of } = await home({ wan: null, hops: [GATEWAY, '10.0.0.138', '81.2.98.1'] }).run();
    expect(of('natPmp').slice(1)).toEqual(['10.0.0.138 level 2']);
  });

  test('with a shared address has the provider in front, which is not asked', async () => {
    const { of } = await home({ wan: '100.64.9.7', hops: [GATEWAY, '100.64.0.1'] }).run();
    expect(of('natPmp')).toHaveLength(1);
  });

  test('what the user read there is evidence, and enough for a look', async () => {
    const facts = told({ wanIpv4: OLD4, forwards: [{ externalPort: 8443, host: LAN4, port: 443 }] });
    const { evidence, looks, of } = await home({ wan: null, observed: null }).run(
      { outside: AGENT, from: 'server' },
      { told: facts },
    );
    expect(evidence.find(({ id }) => id === 'told:here:router')).toMatchObject({ status: 'ok', facts });
    expect(of('reach')).toContain(`${OLD4} 443 wan`);
    expect(looks.flatMap(({ otherPorts }) => otherPorts)).toEqual([{ address: OLD4, port: 8443 }]);
  });
});

describe('the way from here', () => {
  test('is traced to the address that services see, by UDP, eight hops', async () => {
    const { of } = await home().run();
    expect(of('trace')).toEqual([`udp ${WAN4} null max 8`]);
  });

  test('where nobody tells one, to a server that was asked anyway', async () => {
    const { of } = await home({ wan: null, observed: null }).run();
    expect(of('trace')).toEqual(['udp 91.203.110.53 null max 8']);
  });
});

describe('beside the server', () => {
  const own: [string, string][] = [
    ['192.168.77.20', 'eth0'],
    ['2a0b:4341:7700::20', 'eth0'],
  ];
  // Nothing listens on the laptop itself.
  const dead = (address: string) => address === '2a0b:4341:7700::20';

  test('its address on the local network is that of the same network card, wherever the forward leads', async () => {
    const mappings = [{ externalPort: 443, client: '192.168.77.99', internalPort: 443 }];
    const neighbours = JSON.stringify([
      { dst: STABLE6, dev: 'eth0', lladdr: '02:00:00:00:00:0A', state: ['REACHABLE'] },
      { dst: LAN4, dev: 'eth0', lladdr: '02:00:00:00:00:0a', state: ['STALE'] },
      { dst: '192.168.77.99', dev: 'eth0', lladdr: '02:00:00:00:00:99', state: ['STALE'] },
      { dst: '192.168.77.98', dev: 'eth0', state: ['FAILED'] },
    ]);
    const { evidence, vantage } = await home({ own, mappings, neighbours, dead }).run();
    expect(vantage).toBe('lan');
    const beside = evidence.flatMap((item) =>
      item.probe === 'reach' && item.status === 'ok' && item.facts.roles.includes('lan')
        ? [item.facts.address]
        : [],
    );
    expect(beside).toEqual([LAN4]);
  });

  const NEIGHBOUR = JSON.stringify([
    { dst: STABLE6, dev: 'eth0', lladdr: '02:00:00:00:00:0A' },
    { dst: LAN4, dev: 'eth0', lladdr: '02:00:00:00:00:0a' },
  ]);
  const localLooks = async (the: Parameters<typeof home>[0]) => {
    const { of } = await home({ own, dead, ...the }).run();
    return of('reach').filter((what) => / lan$| local-name$/u.test(what));
  };

  test('what programs get for the name is tried too, if it lies on the same network', async () => {
    expect(await localLooks({ named: [LAN4, STABLE6] })).toEqual([`${LAN4} 443 local-name`]);
    expect(await localLooks({ named: [LAN4, '192.168.78.10', '127.0.0.1', '10.0.0.1', WAN4] })).toEqual([
      `${LAN4} 443 local-name`,
    ]);
    expect(await localLooks({ named: ['192.168.77.20'] })).toEqual([]);
    expect(await localLooks({ named: [WAN4] })).toEqual([]);
  });

  test("and once, where it is known to be the server's anyway", async () => {
    expect(await localLooks({ named: [LAN4], neighbours: NEIGHBOUR })).toEqual([`${LAN4} 443 lan`]);
    expect(await localLooks({ named: [LAN4, '192.168.77.11'], neighbours: NEIGHBOUR })).toEqual([
      `${LAN4} 443 lan`,
      '192.168.77.11 443 local-name',
    ]);
  });

  test('the server itself tries nothing of that', async () => {
    const { of } = await home({ named: [LAN4, '192.168.77.11'] }).run();
    expect(of('reach').filter((what) => what.endsWith('local-name'))).toEqual([]);
  });

  test.each(['', 'null', '[{}]', '{"dst":1}', '[', `[${'{"dst":"x"},'.repeat(2_000)}{"dst":"y"}]`])(
    'or unknown: the neighbours are %.20j',
    async (neighbours) => {
      const { of } = await home({ own, neighbours, dead }).run();
      expect(of('reach').filter((what) => what.endsWith(' lan'))).toEqual([]);
    },
  );
});

test('an interruption ends everything, the witness too', async () => {
  const interrupt = new AbortController();
  const the = home({ dead: () => true, takes: { authority: 'never', firewall: 'never' } });
  the.time.clock.sleep(1_000).then(() => interrupt.abort());
  const { at, events, evidence } = await the.run({ outside: AGENT }, {}, interrupt.signal);
  expect(at).toBe(1_000);
  expect(events).toEqual(['watching 60', 'stopped 1000']);
  expect(outcomes(evidence)).toMatchObject({
    [`reach:here:${WAN4}`]: 'interrupted',
    [`reach:outside-1:${WAN4}`]: 'interrupted',
    [`delegation:here:${NAME}`]: 'interrupted',
  });
});

test('UDP is asked from here and from outside, and its host and router are looked at', async () => {
  const { of, looks } = await home().run({ target: parseTarget(`udp://${NAME}:27015`), outside: AGENT });
  expect(of('reach')).toEqual([]);
  expect(
    [of('udpReach'), of('listeners'), of('firewall'), of('upnp')].map(({ length }) => length > 0),
  ).toEqual([true, true, true, true]);
  expect(looks).toMatchObject([{ addresses: [], udp: { protocol: 'source-query' } }]);
  expect(looks[0]?.udp?.addresses.map(({ address }) => address)).toContain(STABLE6);
});
