/** What the provider does to the home's IPv4, seen with tools that know nothing of reach4. */
import { describe, expect, it } from 'vitest';
import { addressOf, DOUBLE_NAT, HOME, INET, LAN_HOSTS, PROVIDER } from './addresses.ts';
import { PORT_SET, PORTS_IN_SET } from './isp/map-e.ts';
import { type Trial, trial } from './trial.ts';
import { HOME_NAME } from './world.ts';

const SERVER_6 = addressOf('server', 6);
const OUTSIDE = addressOf('outside', 4);
const ROUTER = LAN_HOSTS.router[4][0];

/** 443 and another port lead to the service. */
const TWO_PORTS = { forwards: [{ port: 443 }, { port: 8080, toPort: 80 }] };

/** The home gets out over IPv4 under this address, and nobody gets in; over IPv6 all is well. */
async function shared(lab: Trial, address: string): Promise<void> {
  const [in4, in6, out4, out6] = await Promise.all([
    lab.page('outside', 4, { at: address }),
    lab.page('outside', 6, { at: SERVER_6 }),
    lab.whoami('server', 4),
    lab.whoami('server', 6),
  ]);
  expect({ in4, in6, out4, out6 }).toEqual({ in4: 'timeout', in6: HOME_NAME, out4: address, out6: SERVER_6 });
  expect(await lab.dns('outside', 'A')).toBe(address);
}

describe.concurrent('the provider', () => {
  it('is a hop of its own, between the internet and the home', () =>
    trial({}, async (lab) => {
      const provider = PROVIDER[4];
      expect(await lab.hops('outside', HOME.wan4, { port: 443 })).toEqual([
        INET[4],
        provider,
        HOME.wan4,
        HOME.wan4,
      ]);
      expect(await lab.hops('server', OUTSIDE)).toEqual([ROUTER, provider, INET[4], OUTSIDE]);
      expect(await lab.hops('server', HOME.wan4)).toEqual([HOME.wan4]);
      expect(await lab.stun('server')).toMatchObject({ address: HOME.wan4 });
    }));

  it.each([
    ['cgnat', PROVIDER.cgnatWan, PROVIDER.cgnatGateway],
    ['private', PROVIDER.privateWan, PROVIDER.privateGateway],
  ] as const)('translates many homes into one address: %s', (kind, wan, gateway) =>
    trial({ isp: { kind } }, async (lab) => {
      await shared(lab, PROVIDER.shared4);
      expect(await lab.hops('server', OUTSIDE)).toEqual([ROUTER, gateway, INET[4], OUTSIDE]);
      expect(await lab.hops('server', PROVIDER.shared4)).toEqual([ROUTER, PROVIDER.shared4]);
      expect(await lab.hops('outside', PROVIDER.shared4, { port: 443, most: 3 })).toEqual([
        INET[4],
        '*',
        '*',
      ]);
      expect((await lab.igd('server')).wan).toBe(wan);
      expect(lab.routerPage.wanIpv4).toBe(wan);
    }),
  );

  it('carries IPv4 in IPv6 to a translator: DS-Lite', () =>
    trial({ isp: { kind: 'ds-lite' } }, async (lab) => {
      const dump = lab.spawn('provider', ['tcpdump', '-n', '-l', '-i', 'to-home', 'ip']);
      await dump.waitFor(/listening on/u);
      await shared(lab, PROVIDER.aftr4);
      expect(dump.output()).not.toMatch(/IP \d/u);
      expect(await lab.hops('server', OUTSIDE)).toEqual([ROUTER, PROVIDER.aftrInside, INET[4], OUTSIDE]);
      expect((await lab.igd('server')).wan).toBe(PROVIDER.b4);
      expect(lab.routerPage.wanIpv4).toBe('none');
    }));

  it('leaves a home a sixteenth of a sixteenth of the ports: MAP-E', () => {
    const [inside = 0, another = 0] = PORTS_IN_SET;
    const forwards = [{ port: 443 }, { port: inside, toPort: 80 }, { port: another + 16, toPort: 80 }];
    return trial({ isp: { kind: 'map-e' }, router: { forwards } }, async (lab) => {
      const at = HOME.wan4;
      expect(await lab.page('outside', 4, { at, port: inside })).toBe(HOME_NAME);
      expect(await lab.page('outside', 4, { at, port: another + 16 })).toBe('timeout');
      expect(await lab.page('outside', 4, { at })).toBe('timeout');
      expect(await lab.hops('outside', at, { port: 443, most: 3 })).toEqual([INET[4], PROVIDER[4], '*']);
      const seen = await Promise.all(Array.from({ length: 10 }, () => lab.stun('server')));
      for (const { address, port } of seen) {
        expect(address).toBe(at);
        expect(PORT_SET.some(([first, last]) => port >= first && port <= last)).toBe(true);
      }
      expect(new Set(seen.map(({ port }) => port >> 12)).size).toBeGreaterThan(1);
      expect(await lab.whoami('server', 4)).toBe(at);
    });
  });

  it.each(['drop', 'reset'] as const)('keeps single ports out: %s', (action) =>
    trial({ isp: { inboundFilter: [{ ports: [443], action }] }, router: TWO_PORTS }, async (lab) => {
      const dump = lab.spawn('router', ['tcpdump', '-n', '-l', '-i', 'wan', 'ip and tcp']);
      await dump.waitFor(/listening on/u);
      expect(await lab.page('outside', 4)).toBe(action === 'drop' ? 'timeout' : 'refused');
      expect(await lab.page('outside', 4, { port: 8080 })).toBe(HOME_NAME);
      await dump.waitFor(/\.8080: Flags \[S\]/u);
      // Whoever answered, it wasn't the home.
      expect(dump.output()).not.toContain('.443: Flags [S]');
      const last = action === 'drop' ? '*' : HOME.wan4;
      const hops = await lab.hops('outside', HOME.wan4, { port: 443, most: 3 });
      expect(hops).toEqual([INET[4], PROVIDER[4], last]);
      const other = await lab.hops('outside', HOME.wan4, { port: 8080 });
      expect(other).toEqual([INET[4], PROVIDER[4], HOME.wan4, HOME.wan4]);
    }),
  );

  it('keeps everything out over IPv4', () =>
    trial({ isp: { inboundFilter: [{ ports: 'all' }] }, router: TWO_PORTS }, async (lab) => {
      expect(await lab.page('outside', 4)).toBe('timeout');
      expect(await lab.page('outside', 4, { port: 8080 })).toBe('timeout');
      expect(await lab.page('outside', 6)).toBe(HOME_NAME);
      expect(await lab.hops('outside', HOME.wan4, { most: 3 })).toEqual([INET[4], PROVIDER[4], '*']);
      expect(await lab.whoami('server', 4)).toBe(HOME.wan4);
    }));

  it('loses packets, both ways and over both families', () =>
    trial({ isp: { loss: 20 } }, async (lab) => {
      const probes = ['traceroute', '-n', '-q', '10', '-N', '10', '-w', '1', '-f', '5', '-m', '14', '-I'];
      for (const family of [4, 6] as const) {
        const { stdout } = await lab.exec('server', [...probes, addressOf('outside', family)]);
        const [line = ''] = stdout.split('\n').slice(1);
        // There and back, 36 % are lost: of twenty none in one of seven thousand runs.
        const again = await lab.exec('server', [...probes, addressOf('outside', family)]);
        const lost = [...`${line}${again.stdout.split('\n')[1] ?? ''}`.matchAll(/\*/gu)].length;
        expect(lost).toBeGreaterThan(0);
        expect(lost).toBeLessThan(20);
      }
    }));
});

describe.concurrent('two routers, one behind the other', () => {
  it('translate twice; the outer one tells nothing', () =>
    trial({ isp: { doubleNat: {} } }, async (lab) => {
      await shared(lab, HOME.wan4);
      expect((await lab.igd('server')).wan).toBe(DOUBLE_NAT.inner);
      expect(await lab.ask5351('server', DOUBLE_NAT.outer, 0)).toBe('');
      const hops = [ROUTER, DOUBLE_NAT.outer, PROVIDER[4], INET[4], OUTSIDE];
      expect(await lab.hops('server', OUTSIDE)).toEqual(hops);
    }));

  it('may both answer, and both forward', () =>
    trial({ isp: { doubleNat: { outerAnswers: true } } }, async (lab) => {
      // Version, opcode 128, result 0, four bytes of time, the address.
      expect(await lab.ask5351('server', DOUBLE_NAT.outer, 0)).toMatch(/^00800000.{8}51026302$/u);
      const undo = await lab.setRouter({ outerForwards: [443] });
      expect(await lab.page('outside', 4)).toBe(HOME_NAME);
      await undo();
      expect(await lab.page('outside', 4)).toBe('timeout');
    }));

  it('may stand behind a NAT of the provider as well', () =>
    trial({ isp: { kind: 'cgnat', doubleNat: { outerAnswers: true } } }, async (lab) => {
      await shared(lab, PROVIDER.shared4);
      // 100.64.9.7
      expect(await lab.ask5351('server', DOUBLE_NAT.outer, 0)).toMatch(/^00800000.{8}64400907$/u);
    }));
});
