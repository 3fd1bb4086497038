import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import type { NetworkInterfaceAddress, Ports } from '../../src/ports/ports.ts';
import { routes } from '../../src/probes/routes.ts';
import { captured } from './captured.ts';
import { fakePorts, here } from './fake-ports.ts';

type Result = { exitCode?: number; stdout?: string; stderr?: string } | null;

interface Machine {
  readonly default4?: Result;
  readonly default6?: Result;
  readonly link?: Result;
  /** The answer for a packet from that address. */
  readonly from?: Readonly<Record<string, Result>>;
  readonly own?: readonly (readonly [name: string, address: string])[];
}

const NONE = { stdout: '[]\n' };
const LINK = { stdout: captured('routes/link.json') };

function machine({ default4 = NONE, default6 = NONE, link = LINK, from = {}, own = [] }: Machine): Ports {
  const addresses = own.map(
    ([name, address]): NetworkInterfaceAddress => ({ interface: name, address, prefixLength: 24 }),
  );
  return fakePorts({
    exec: {
      run: async (file, args) => {
        expect(file).toBe('ip');
        const all = args.join(' ');
        const result = all.includes('link')
          ? link
          : all.includes(' get ')
            ? from[args.at(-1) ?? '']
            : all.includes('-6')
              ? default6
              : default4;
        return result === null ? null : { exitCode: 0, stdout: '', stderr: '', ...result };
      },
    },
    host: { interfaces: () => addresses },
  });
}

async function facts(of: Machine) {
  const evidence = evidenceSchema.parse(await routes(machine(of), here()));
  if (evidence.probe !== 'routes' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

const get = (dev: string, gateway?: string) => ({
  stdout: JSON.stringify([
    { dst: '1.1.1.1', from: 'x', dev, flags: [], ...(gateway === undefined ? {} : { gateway }) },
  ]),
});
const answers = (text: string) => ({ exitCode: 2, stderr: `RTNETLINK answers: ${text}\n` });

describe('routes', () => {
  it('tells the default routes of both families', async () => {
    const { defaults } = await facts({
      default4: { stdout: captured('routes/default-ipv4.json') },
      default6: { stdout: captured('routes/default-ipv6.json') },
    });
    expect(defaults).toEqual([
      { family: 'ipv4', interface: 's0', via: '192.168.5.1', metric: null },
      { family: 'ipv6', interface: 's0', via: '2a02:3::1', metric: 1024 },
    ]);
  });

  it('tells each of several ways, and none where packets are refused', async () => {
    const two = await facts({ default4: { stdout: captured('routes/default-two-ways.json') } });
    expect(two.defaults.map((each) => [each.interface, each.via])).toEqual([
      ['r1b', '81.2.2.2'],
      ['r1a', '81.2.1.2'],
    ]);
    const none = await facts({ default4: { stdout: captured('routes/default-unreachable.json') } });
    expect(none.defaults).toEqual([]);
    const six = JSON.stringify([
      { dst: 'default', via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth0', flags: [] },
    ]);
    expect((await facts({ default4: { stdout: six } })).defaults[0]?.via).toBe('fe80::1');
  });

  it('tells tunnels from other interfaces', async () => {
    const { interfaces } = await facts({});
    expect(interfaces).toEqual([
      { name: 'lo', kind: null, tunnel: false },
      { name: 'v1', kind: 'veth', tunnel: false },
      { name: 'v0', kind: 'veth', tunnel: false },
      { name: 'tun8', kind: 'tun', tunnel: true },
      { name: 'br0', kind: 'bridge', tunnel: false },
      { name: 'br7', kind: 'bridge', tunnel: false },
    ]);
  });

  it.each([
    [{ ifname: 'wg0', linkinfo: { info_kind: 'wireguard' } }, true],
    [{ ifname: 'office', linkinfo: { info_kind: 'wireguard' } }, true],
    [{ ifname: 'tailscale0' }, true],
    [{ ifname: 'venet0', flags: ['POINTOPOINT'] }, true],
    [{ ifname: 'ppp0', linkinfo: { info_kind: 'ppp' } }, true],
    [{ ifname: 'vnet0', master: 'br0', linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } } }, false],
    [{ ifname: 'tap0', linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } } }, true],
    [{ ifname: 'eth0', linkinfo: {} }, false],
    [{ ifname: 'wlan0' }, false],
  ])('calls %j a tunnel: %s', async (link, tunnel) => {
    const { interfaces } = await facts({ link: { stdout: JSON.stringify([link]) } });
    expect(interfaces).toMatchObject([{ name: link.ifname, tunnel }]);
  });

  it('asks the kernel for each own address, those of tunnels and containers not or last', async () => {
    const { replies } = await facts({
      own: [
        ['lo', '127.0.0.1'],
        ['docker0', '172.17.0.1'],
        ['tun8', '10.8.0.2'],
        ['v0', '192.168.5.2'],
        ['v1', '192.168.6.2'],
        ['br0', 'fe80::1'],
        ['br0', 'fd00::2'],
        ['br0', '2a02:3::2'],
      ],
      from: {
        '172.17.0.1': get('v0', '192.168.5.1'),
        '192.168.5.2': get('v0', '192.168.5.1'),
        '192.168.6.2': get('tun8'),
        '2a02:3::2': answers('Network is unreachable'),
      },
    });
    expect(replies).toEqual([
      { family: 'ipv4', from: '192.168.5.2', arrivesBy: 'v0', leavesBy: 'v0', via: '192.168.5.1' },
      { family: 'ipv4', from: '192.168.6.2', arrivesBy: 'v1', leavesBy: 'tun8', via: null },
      { family: 'ipv4', from: '172.17.0.1', arrivesBy: 'docker0', leavesBy: 'v0', via: '192.168.5.1' },
      { family: 'ipv6', from: '2a02:3::2', arrivesBy: 'br0', leavesBy: null, via: null },
    ]);
  });

  it('asks about a tunnel where the machine has nothing else', async () => {
    const { replies } = await facts({ own: [['tun8', '81.2.99.2']], from: { '81.2.99.2': get('tun8') } });
    expect(replies).toMatchObject([{ arrivesBy: 'tun8', leavesBy: 'tun8' }]);
  });

  it.each(['Network is unreachable', 'No route to host', 'Permission denied', 'Invalid argument'])(
    'takes %j for no route',
    async (text) => {
      const { replies } = await facts({ own: [['v0', '10.0.0.2']], from: { '10.0.0.2': answers(text) } });
      expect(replies).toMatchObject([{ leavesBy: null }]);
    },
  );

  it.each([
    ['was not allowed', answers('Operation not permitted')],
    ['took too long', { exitCode: 124 }],
    ['made no sense', { stdout: '[{}]' }],
  ])('leaves an address out whose question %s', async (_, result) => {
    expect((await facts({ own: [['v0', '10.0.0.2']], from: { '10.0.0.2': result } })).replies).toEqual([]);
  });

  it.each([
    ['there is no ip', { default4: null }, 'no-tool'],
    [
      'ip knows no JSON',
      { default4: { exitCode: 1, stderr: 'BusyBox v1.35.0 multi-call binary' } },
      'unsupported',
    ],
    ['ip prints something else', { default4: { stdout: 'default via 10.0.0.1' } }, 'unsupported'],
    ['ip hangs', { default4: { exitCode: 124 } }, 'timed-out'],
    ['the interfaces cannot be had', { link: { exitCode: 1 } }, 'unsupported'],
  ])('fails where %s', async (_, of, code) => {
    expect(await routes(machine(of), here())).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('knows a kernel without IPv6', async () => {
    expect((await facts({ default6: answers('Operation not supported') })).defaults).toEqual([]);
  });

  it('asks nothing on other systems', async () => {
    const ports = fakePorts({ host: { platform: 'freebsd' } });
    expect(await routes(ports, here())).toMatchObject({
      status: 'skipped',
      reason: { code: 'not-applicable' },
    });
  });

  it('gives evidence whatever ip prints', async () => {
    const item = fc.record(
      {
        dst: fc.constantFrom('default', '1.1.1.1'),
        dev: fc.string(),
        ifname: fc.string(),
        gateway: fc.oneof(fc.ipV4(), fc.string()),
        metric: fc.oneof(fc.integer(), fc.string()),
        flags: fc.array(fc.string()),
        nexthops: fc.array(fc.record({ dev: fc.string(), gateway: fc.ipV6() })),
        linkinfo: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.array(item).map((items) => JSON.stringify(items)),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (first, second, third) => {
        const own = [['v0', '10.0.0.2']] as const;
        const from = { '10.0.0.2': { stdout: third } };
        const ports = machine({
          default4: { stdout: first },
          default6: { stdout: third },
          link: { stdout: second },
          own,
          from,
        });
        expect(evidenceSchema.parse(await routes(ports, here())).probe).toBe('routes');
      }),
    );
  });
});
