import { describe, expect, test } from 'vitest';
import { toldFactsSchema } from '../../../src/model/facts/router.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { LAN4, NAME, OLD4, STABLE6, WAN4 } from '../../support/names.ts';
import { AGENT, GATEWAY, home } from './home-world.ts';
import { outcomes } from './world.ts';

const told = (facts: object) =>
  toldFactsSchema.parse({ wanIpv4: null, forwards: null, routerFirewall: null, ...facts });

describe('how long it takes', () => {
  test('a healthy home: less than a second', async () => {
    const { at, evidence } = await home().run({ outside: AGENT });
    expect(at).toBeLessThan(1_000);
    expect(evidence.filter(({ probe }) => probe === 'reach').length).toBeGreaterThan(3);
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

describe('the look from outside', () => {
  const mappings = [
    { externalPort: 8443, client: LAN4, internalPort: 443 },
    { externalPort: 9443, client: LAN4, internalPort: 9443 },
    { externalPort: 7443, client: '192.168.77.99', internalPort: 443 },
  ];

  test('names addresses, other ports that lead to the same service, and ways, in one go', async () => {
    const { looks, ids } = await home({ mappings }).run({ outside: AGENT, from: 'server' });
    expect(looks).toHaveLength(1);
    expect(looks[0]).toMatchObject({
      addresses: [
        { address: WAN4, roles: ['a-record', 'observed', 'wan'] },
        { address: STABLE6, roles: ['aaaa-record', 'own'] },
      ],
      port: 443,
      resolve: NAME,
      otherPorts: [{ address: WAN4, port: 8443 }],
      traces: [
        { address: WAN4, port: 443, method: 'tcp' },
        { address: WAN4, port: null, method: 'udp' },
        { address: STABLE6, port: 443, method: 'tcp' },
        { address: WAN4, port: 8443, method: 'tcp' },
      ],
    });
    expect(ids).toEqual(
      expect.arrayContaining([
        `reach:outside-1:${WAN4}`,
        `reach:outside-1:${WAN4}-8443`,
        `trace:outside-1:tcp-${WAN4}-443`,
        `trace:outside-1:udp-${WAN4}`,
      ]),
    );
  });

  test('does not wait for what is slow, and what came late gets a second one, and no third', async () => {
    const the = home({ a: [], takes: { upnp: 1_500, natPmp: 1_500, whoami: 900, stun: 3_000 } });
    const { looks, asked } = await the.run({ outside: AGENT });
    expect(asked.filter(({ probe }) => probe === 'look').map(({ at }) => at)).toEqual([400, 2_000]);
    expect(looks.map(({ addresses }) => addresses.map(({ address }) => address))).toEqual([
      [STABLE6],
      [WAN4],
    ]);
    expect(looks.map(({ resolve }) => resolve)).toEqual([NAME, null]);
  });

  test('is no second one where nothing new came up', async () => {
    const { looks } = await home({ wan: null, takes: { upnp: 3_000 } }).run({ outside: AGENT });
    expect(looks).toHaveLength(1);
  });

  test('begins when the witness watches, which is stopped after it', async () => {
    const { asked, events } = await home({ dead: () => true }).run({ outside: AGENT });
    expect(events[0]).toBe('watching 60');
    const look = asked.find(({ probe }) => probe === 'look')?.at ?? 0;
    expect(look).toBeGreaterThanOrEqual(60);
    expect(events.slice(1)).toEqual([`stopped ${look + 4_000}`]);
  });

  test.each(['lan', 'outside'] as const)('has no witness on %s', async (from) => {
    const { events } = await home().run({ outside: AGENT, from });
    expect(events).toEqual([]);
  });

  test('has no witness where nobody looks', async () => {
    expect((await home().run()).events).toEqual([]);
  });
});

describe('beside the server', () => {
  const own: [string, string][] = [
    ['192.168.77.20', 'eth0'],
    ['2a0b:4341:7700::20', 'eth0'],
  ];
  // Nothing listens on the laptop itself.
  const dead = (address: string) => address === '2a0b:4341:7700::20';

  test('its address on the local network is the one that the forward leads to', async () => {
    const mappings = [{ externalPort: 443, client: LAN4, internalPort: 8443 }];
    const { of, vantage, evidence } = await home({ own, mappings, dead }).run();
    expect(vantage).toBe('lan');
    expect(of('reach')).toContain(`${LAN4} 8443 lan`);
    expect(evidence.find(({ id }) => id === `reach:here:${LAN4}`)).toMatchObject({
      facts: { roles: ['lan'] },
    });
  });

  test('or the one of the same network card', async () => {
    const neighbours = JSON.stringify([
      { dst: STABLE6, dev: 'eth0', lladdr: '02:00:00:00:00:0A', state: ['REACHABLE'] },
      { dst: LAN4, dev: 'eth0', lladdr: '02:00:00:00:00:0a', state: ['STALE'] },
      { dst: '192.168.77.99', dev: 'eth0', lladdr: '02:00:00:00:00:99', state: ['STALE'] },
      { dst: '192.168.77.98', dev: 'eth0', state: ['FAILED'] },
    ]);
    const { of } = await home({ own, neighbours, dead }).run();
    expect(of('reach').filter((what) => what.endsWith(' lan'))).toEqual([`${LAN4} 443 lan`]);
  });

  test.each(['', 'null', '[{}]', '{"dst":1}', '[', `[${'{"dst":"x"},'.repeat(2_000)}{"dst":"y"}]`])(
    'or unknown: the neighbours are %.20j',
    async (neighbours) => {
      const { of } = await home({ own, neighbours, dead }).run();
      expect(of('reach').filter((what) => what.endsWith(' lan'))).toEqual([]);
    },
  );
});

describe('--probe-mapping', () => {
  const dead = (address: string, port: number) => address === WAN4 && port === 443;
  const asks = { outside: AGENT, from: 'server' } as const;

  test('opens one mapping after the look, looks through it, and removes it', async () => {
    const { of, looks, events, said, evidence } = await home({ dead: (address) => address === WAN4 }).run(
      asks,
      {
        probeMapping: true,
      },
    );
    expect(of('openMapping')).toEqual([`${GATEWAY} 443:${LAN4}:443`]);
    expect(looks.at(-1)).toMatchObject({
      addresses: [],
      otherPorts: [{ address: WAN4, port: 443 }],
      resolve: null,
    });
    expect(events.filter((event) => event.startsWith('closed'))).toHaveLength(1);
    expect(said).toEqual([expect.stringMatching(/^A mapping to port 443 .* 60 s, and removed again\.$/u)]);
    expect(evidence.find(({ probe }) => probe === 'mapping-trial')).toMatchObject({
      facts: { removed: true },
    });
    expect(evidence.find(({ id }) => id === `reach:outside-1:${WAN4}-443`)).toMatchObject({
      facts: { roles: ['differential'] },
    });
  });

  test('takes a high port where the port is taken', async () => {
    const mapping = (externalPort: number) =>
      externalPort === 443 ? { opened: false, refusal: { code: 718, text: 'ConflictInMappingEntry' } } : {};
    const { of, looks, evidence } = await home({ dead, mapping }).run(asks, { probeMapping: true });
    const ports = of('openMapping').map((what) => Number(what.split(' ')[1]?.split(':')[0]));
    expect(ports).toHaveLength(2);
    expect(ports[0]).toBe(443);
    expect(ports[1]).toBeGreaterThanOrEqual(49_152);
    expect(looks.at(-1)?.otherPorts).toEqual([{ address: WAN4, port: ports[1] }]);
    expect(evidence.filter(({ probe }) => probe === 'mapping-trial')).toHaveLength(2);
  });

  test.each<[string, Parameters<typeof home>[0], object, RegExp]>([
    ['the service is reached', {}, asks, /is reached/u],
    ['nobody looks', { dead }, { from: 'server' }, /--outside/u],
    ['the router speaks nothing', { dead, wan: null }, asks, /no router/u],
    ['this is not the server', { dead }, { outside: AGENT, from: 'lan' }, /not known to be the server/u],
  ])('opens none where %s', async (_, the, more, why) => {
    const { of, evidence, said } = await home(the).run(more, { probeMapping: true });
    expect(of('openMapping')).toEqual([]);
    expect(said).toEqual([]);
    expect(evidence.find(({ probe }) => probe === 'mapping-trial')).toMatchObject({
      status: 'skipped',
      reason: { code: 'not-applicable', detail: expect.stringMatching(why) },
    });
  });

  test('is removed when the user interrupts the look through it', async () => {
    const interrupt = new AbortController();
    const the = home({ dead: (address) => address === WAN4 });
    // While the second look is under way.
    the.time.clock.sleep(5_500).then(() => interrupt.abort());
    const { events, at } = await the.run(asks, { probeMapping: true }, interrupt.signal);
    expect(at).toBeLessThan(6_000);
    expect(events.filter((event) => event.startsWith('closed'))).toEqual([`closed 443 at ${at}`]);
  });

  test('is not opened after an interruption', async () => {
    const interrupt = new AbortController();
    const the = home({ dead });
    the.time.clock.sleep(2_000).then(() => interrupt.abort());
    const { of, at } = await the.run(asks, { probeMapping: true }, interrupt.signal);
    expect([of('openMapping'), at]).toEqual([[], 2_000]);
  });
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

test('UDP has nothing to look at, but its host and router have', async () => {
  const { of, looks } = await home().run({ target: parseTarget(`udp://${NAME}:27015`), outside: AGENT });
  expect([of('reach'), of('firewall'), looks]).toEqual([[], [], []]);
  expect([of('listeners'), of('upnp')].flat()).toHaveLength(2);
});
