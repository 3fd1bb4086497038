import { describe, expect, test } from 'vitest';
import { LAN4, NAME, STABLE6, WAN4 } from '../../support/names.ts';
import { GATEWAY } from './home/scene.ts';
import { AGENT, home } from './home-world.ts';

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
