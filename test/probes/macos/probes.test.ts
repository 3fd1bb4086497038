import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evidence, evidenceSchema } from '../../../src/model/evidence.ts';
import type { ListeningSocket } from '../../../src/model/facts/host.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { addresses } from '../../../src/probes/addresses.ts';
import { watchArrivals } from '../../../src/probes/arrivals.ts';
import type { ProbeContext } from '../../../src/probes/context.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { listeners } from '../../../src/probes/listeners.ts';
import { parseLsof } from '../../../src/probes/macos/lsof.ts';
import { parseNetstat } from '../../../src/probes/macos/netstat.ts';
import { parseDefaultRoutes } from '../../../src/probes/macos/route-table.ts';
import { neighbours } from '../../../src/probes/neighbours.ts';
import { routes } from '../../../src/probes/routes.ts';
import { trace } from '../../../src/probes/trace.ts';
import { fakePorts, here } from '../fake-ports.ts';
import { fixtures, mac, type Printed, portsOf } from './recorded.ts';

type Probe = (ports: Ports, context: ProbeContext) => Promise<Evidence>;

async function facts<P extends Evidence['probe']>(probe: P, run: Probe, name: string) {
  const item = evidenceSchema.parse(await run(portsOf(mac(name)), here()));
  if (item.probe !== probe || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts as Extract<Evidence, { probe: P; status: 'ok' }>['facts'];
}

const told = ({
  protocol,
  family,
  address,
  port,
  v6only,
  interface: zone,
  program,
}: ListeningSocket): string =>
  [
    protocol,
    family,
    address ?? '*',
    port,
    ...(v6only === null ? [] : [v6only ? 'v6only' : 'dual']),
    ...(zone === null ? [] : [zone]),
    program?.name ?? '-',
  ].join(' ');

const EVERYWHERE = [
  'tcp ipv4 * 22 launchd',
  'tcp ipv6 * 22 v6only launchd',
  'tcp ipv6 * 443 dual nginx',
  'tcp ipv4 127.0.0.1 631 cupsd',
  'tcp ipv6 ::1 631 cupsd',
  'tcp ipv6 fe80::aede:48ff:fe00:1122 49159 en5 remoted',
  'udp ipv6 * 5353 dual mDNSResponder',
];

describe('listeners of a Mac', () => {
  it.each(['macos-12-user', 'macos-13-off', 'macos-15-unlisted', 'macos-26-default'])(
    'tells sockets of both families from those of one, and whose they are: %s',
    async (name) => {
      const { sockets, tool, truncated, bindv6only } = await facts('listeners', listeners, name);
      expect(sockets.map(told)).toEqual(EVERYWHERE);
      expect({ tool, truncated, bindv6only }).toEqual({
        tool: 'netstat',
        truncated: false,
        bindv6only: null,
      });
    },
  );

  it('tells a socket that takes IPv6 only', async () => {
    const { sockets } = await facts('listeners', listeners, 'macos-15-six-only');
    expect(sockets.map(told)).toContain('tcp ipv6 * 443 v6only nginx');
  });

  it.each([
    ['macos-14-app-ja', 'サーバー'],
    ['macos-14-app-de', 'Büro-Server'],
    ['macos-14-app-fr', 'Serveur d’été'],
  ])('keeps the name of %s', async (name, app) => {
    const { sockets } = await facts('listeners', listeners, name);
    expect(sockets.find(({ port }) => port === 443)?.program?.name).toBe(app);
  });

  it('says that others may be missing where lsof alone was asked, and without root', async () => {
    expect(await facts('listeners', listeners, 'macos-15-no-netstat')).toMatchObject({
      tool: 'lsof',
      truncated: true,
      sockets: [{ family: 'ipv6', port: 443, v6only: null }],
    });
  });

  it('says that some may be missing where lsof lists one that netstat does not', async () => {
    const change = (printed: Printed, command: string): Printed =>
      command === 'netstat -anvW -p tcp'
        ? { ...printed, stdout: printed.stdout.replace(/^.*\.443 .*LISTEN.*\n/mu, '') }
        : printed;
    expect(await listeners(portsOf(mac('macos-13-off'), change), here())).toMatchObject({
      facts: { tool: 'netstat', truncated: true },
    });
  });

  it('fails without any tool', async () => {
    expect(await listeners(portsOf(mac('macos-15-nothing')), here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-tool' },
    });
    const aborted = here(AbortSignal.abort());
    expect(await listeners(portsOf(mac('macos-15-nothing')), aborted)).toMatchObject({
      reason: { code: 'interrupted' },
    });
  });

  it('takes a process whose name has blanks and colons', () => {
    const text = [
      'Active Internet connections (including servers)',
      'Proto Recv-Q Send-Q  Local Address Foreign Address (state)  rxbytes txbytes rhiwat shiwat process:pid state',
      'tcp4       0      0  127.0.0.1.9222  *.*  LISTEN  0  0  131072  131072  Google Chrome: He:4711  00100',
      '',
    ].join('\n');
    expect(parseNetstat(text)).toMatchObject([
      { port: 9222, program: { name: 'Google Chrome: He', pid: 4711 } },
    ]);
  });

  it('reads nothing out of what it does not know', () => {
    expect(parseNetstat('')).toBeNull();
    expect(parseNetstat('usage: netstat\n')).toBeNull();
    expect(parseLsof('lsof: illegal option\n')).toBeNull();
    expect(parseLsof('')).toEqual([]);
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const text = `p12\nc${one}\nf3\ntIPv6\nPTCP\nn${other}\n`;
        expect([undefined, 'tcp']).toContain(parseLsof(text)?.[0]?.protocol);
      }),
    );
  });
});

it('tells which addresses of a Mac are temporary and which deprecated', async () => {
  const { addresses: own } = await facts('addresses', addresses, 'macos-26-default');
  expect(own.map(({ address, temporary, deprecated }) => [address, temporary, deprecated])).toEqual([
    ['127.0.0.1', false, false],
    ['::1', false, false],
    ['192.168.7.2', false, false],
    ['fe80::4b8:8c63:f0e5:60cb', false, false],
    ['2001:db8:7::2', false, false],
    ['2001:db8:7:0:6d66:9e73:e45d:1308', true, false],
    ['2001:db8:7:0:592f:e2b6:9959:d8d', true, true],
  ]);
  const without = await facts('addresses', addresses, 'macos-15-nothing');
  expect(without.addresses.every(({ temporary }) => temporary === null)).toBe(true);
});

describe('routes of a Mac', () => {
  it('leave by the interface that holds the address', async () => {
    const { replies, defaults, interfaces } = await facts('routes', routes, 'macos-26-default');
    expect(replies).toEqual([
      { family: 'ipv4', from: '192.168.7.2', arrivesBy: 'en0', leavesBy: 'en0', via: '192.168.7.1' },
      {
        family: 'ipv6',
        from: '2001:db8:7::2',
        arrivesBy: 'en0',
        leavesBy: 'en0',
        via: 'fe80::3e37:86ff:fe1f:a20b',
      },
    ]);
    expect(defaults.map(({ family, interface: name, via }) => [family, name, via])).toEqual([
      ['ipv4', 'en0', '192.168.7.1'],
      ['ipv6', 'en0', 'fe80::3e37:86ff:fe1f:a20b'],
      ['ipv6', 'utun0', 'fe80::'],
    ]);
    expect(interfaces.map(({ name, tunnel }) => [name, tunnel])).toEqual([
      ['lo0', false],
      ['gif0', true],
      ['stf0', true],
      ['en0', false],
    ]);
  });

  it('stay out of a VPN that has the default route', async () => {
    const { replies, defaults, interfaces } = await facts('routes', routes, 'macos-13-vpn');
    expect(defaults[0]).toMatchObject({ interface: 'utun4', via: null });
    expect(interfaces.at(-1)).toMatchObject({ name: 'utun4', tunnel: true });
    expect(replies.find(({ family }) => family === 'ipv4')).toMatchObject({ leavesBy: 'en0' });
  });

  const asked = async (scoped: string, plain: string) => {
    const say = (name: string): Printed => {
      const found = `  interface: ${name}\n      flags: <UP,DONE>\n`;
      return name === ''
        ? { exitCode: 0, stdout: '', stderr: 'route: writing to routing socket: not in table\n' }
        : { exitCode: 0, stdout: found, stderr: '' };
    };
    const change = (printed: Printed, command: string): Printed =>
      !command.startsWith('route -n get -inet ')
        ? printed
        : say(command.includes('-ifscope') ? scoped : plain);
    const item = await routes(portsOf(mac('macos-26-default'), change), here());
    if (item.probe !== 'routes' || item.status !== 'ok') throw new Error(JSON.stringify(item));
    const four = item.facts.replies.find(({ family }) => family === 'ipv4');
    return four === undefined ? 'not told' : four.leavesBy;
  };

  it.each([
    ['en0', 'utun4', 'en0'],
    ['utun4', 'utun4', 'utun4'],
    ['utun4', 'en0', 'not told'],
    ['', 'utun4', 'not told'],
    ['', '', null],
  ])('by %j scoped and by %j else: %j', async (scoped, plain, expected) => {
    expect(await asked(scoped, plain)).toBe(expected);
  });

  it('fail where a table is missing', async () => {
    expect(await routes(portsOf(mac('macos-15-nothing')), here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-tool', detail: 'netstat' },
    });
  });

  it('are read in the form of before macOS 10.15 as well', () => {
    const text =
      'Routing tables\n\nInternet:\nDestination        Gateway            Flags        Refs      Use   Netif Expire\n' +
      'default            192.168.7.1        UGSc           68        0     en0\n';
    expect(parseDefaultRoutes(text, 'ipv4')).toMatchObject([
      { interface: 'en0', via: '192.168.7.1', scoped: false },
    ]);
    expect(parseDefaultRoutes('Routing tables\n', 'ipv6')).toEqual([]);
  });
});

describe('traceroute of a Mac', () => {
  const way = { address: '192.0.2.99', port: null, method: 'udp' } as const;
  /** By the source of Apple's traceroute: `%2d `, the address, two blanks, the time; a silent hop is ` *`. */
  const ports = (isRoot: boolean, answers: readonly string[], asked: string[] = []): Ports =>
    fakePorts({
      exec: {
        run: async (file, args) => {
          asked.push([file, ...args].join(' '));
          const ttl = Number(args[args.indexOf('-f') + 1]);
          const answer = answers[ttl - 1] ?? '*';
          return {
            exitCode: 0,
            stdout: `${String(ttl).padStart(2)}  ${answer}\n`,
            stderr: 'traceroute to 192.0.2.99 (192.0.2.99), 3 hops max, 40 byte packets\n',
          };
        },
      },
      host: { platform: 'darwin', isRoot },
    });

  it('asks for each hop by itself', async () => {
    const asked: string[] = [];
    const answers = ['192.168.7.1  0.351 ms', '*', '192.0.2.99  9.120 ms', '192.0.2.99  9.2 ms'];
    const item = await trace({ ...way, maxHops: 5 }, ports(false, answers, asked), here());
    expect(item).toMatchObject({
      status: 'ok',
      how: 'traceroute -n -q 1 -w 1 -f 1 -m 5 192.0.2.99',
      facts: {
        tool: 'traceroute',
        reached: true,
        hops: [{ ttl: 1, address: '192.168.7.1', ms: 0.351 }, { ttl: 2, address: null }, { ttl: 3 }],
      },
    });
    expect(asked).toContain('traceroute -n -q 1 -w 1 -f 4 -m 4 192.0.2.99');
  });

  it('speaks IPv6 by traceroute6, and TCP as root only', async () => {
    const asked: string[] = [];
    const six = { address: '2001:db8::9', port: 443, method: 'tcp' } as const;
    await trace({ ...six, maxHops: 1 }, ports(true, [], asked), here());
    expect(asked[0]).toBe('traceroute6 -n -q 1 -w 1 -f 1 -m 1 -T -e -p 443 2001:db8::9');
    expect(await trace(six, ports(false, []), here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-privilege' },
    });
  });

  it('says what is missing', async () => {
    const bare = fakePorts({ exec: { run: async () => null }, host: { platform: 'darwin' } });
    expect(await trace(way, bare, here())).toMatchObject({ reason: { code: 'no-tool' } });
    const cut = fakePorts({
      exec: { run: async () => ({ exitCode: 124, stdout: ' 1  192.168.7.1', stderr: '' }) },
      host: { platform: 'darwin' },
    });
    expect(await trace(way, cut, here())).toMatchObject({ reason: { code: 'timed-out' } });
  });
});

describe('neighbours', () => {
  const print = (platform: NodeJS.Platform, prints: Readonly<Record<string, string>>) =>
    neighbours(
      fakePorts({
        exec: {
          run: async (file) =>
            prints[file] === undefined ? null : { exitCode: 0, stdout: prints[file], stderr: '' },
        },
        host: { platform },
      }),
      here(),
    );

  // As shown in https://github.com/gravitational/teleport/pull/66851 and by print_entry() and dump() of network_cmds.
  it('are told by arp and ndp on a Mac', async () => {
    const arp =
      '? (192.168.7.1) at 3c:37:86:1f:a2:b on en0 ifscope [ethernet]\n' +
      '? (192.168.7.9) at (incomplete) on en0 ifscope [ethernet]\n' +
      '? (192.168.7.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]\n' +
      '? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]\n';
    const ndp =
      'Neighbor                                Linklayer Address  Netif Expire    St Flgs Prbs\n' +
      '2001:db8:7::5                           3c:37:86:1f:a2:b     en0 23h59m58s S\n' +
      'fe80::1%lo0                             (incomplete)         lo0 permanent R\n' +
      'fe80::3e37:86ff:fe1f:a20b%en0           3c:37:86:1f:a2:b     en0 4s        R  R\n';
    const hardware = '3c:37:86:1f:a2:0b';
    expect(await print('darwin', { arp, ndp })).toEqual([
      { address: '192.168.7.1', hardware },
      { address: '2001:db8:7::5', hardware },
      { address: 'fe80::3e37:86ff:fe1f:a20b', hardware },
    ]);
    expect(await print('darwin', { arp: arp.slice(0, 40) })).toEqual([]);
  });

  it('are told by ip on Linux, and not at all elsewhere', async () => {
    const ip =
      '[{"dst":"192.0.2.1","dev":"eth0","lladdr":"02:00:00:00:00:0A"},{"dst":"192.0.2.2","state":["FAILED"]}]';
    expect(await print('linux', { ip })).toEqual([{ address: '192.0.2.1', hardware: '02:00:00:00:00:0a' }]);
    expect(await print('linux', { ip: '192.0.2.1 dev eth0' })).toEqual([]);
    expect(await print('freebsd', { ip })).toEqual([]);
  });
});

it('watches the one interface of a Mac, and none where there are several', async () => {
  const watched: string[][] = [];
  const ports = (names: readonly string[]) => {
    const from = portsOf(mac('macos-26-default'));
    const more = names.map((name) => ({ interface: name, address: '10.0.0.2', prefixLength: 24 }));
    return {
      ...from,
      exec: {
        ...from.exec,
        watch: async (_: string, args: readonly string[]) => {
          watched.push([...args]);
          return null;
        },
      },
      host: { ...from.host, interfaces: () => [...from.host.interfaces(), ...more] },
    };
  };
  const looked = async (...names: string[]) =>
    (await watchArrivals({ port: 443, protocol: 'tcp' }, ports(names), here())).stop();
  expect(await looked('utun4')).toMatchObject({ reason: { code: 'no-tool' } });
  expect(watched[0]?.slice(0, 2)).toEqual(['-i', 'en0']);
  expect(await looked('en7')).toMatchObject({ status: 'skipped', reason: { code: 'unsupported' } });
});

const PORTS = [22, 80, 443, 631, 5353, 8443, 49159];

/** What an observation claims: each line may only be in the whole one's. */
function claims(item: Evidence): string[] {
  if (item.status !== 'ok') return [];
  if (item.probe === 'listeners') {
    const { sockets, truncated } = item.facts;
    const seen = sockets.flatMap((socket) => [
      told({ ...socket, v6only: null, program: null }),
      ...(socket.v6only === null ? [] : [told({ ...socket, program: null })]),
    ]);
    const silent = PORTS.filter((port) => !sockets.some((socket) => socket.port === port));
    // Where there may be more than is shown, that nothing listens isn't said.
    return [...seen, ...(truncated ? [] : silent.map((port) => `nothing at ${port}`))];
  }
  if (item.probe === 'firewall') {
    return item.facts.decisions
      .filter(({ verdict }) => verdict === 'accept')
      .map(({ family, source, destination }) => `${family} ${source} ${destination} accept`);
  }
  if (item.probe === 'routes') {
    return item.facts.replies.map(({ from, leavesBy }) => `${from} leaves by ${leavesBy}`);
  }
  return [];
}

describe('a Mac whose tools are cut off', () => {
  const probes: readonly Probe[] = [
    listeners,
    routes,
    (ports, context) => firewall({ port: 443, protocol: 'tcp' }, ports, context),
  ];
  const names = fixtures.filter((name) => name !== 'macos-15-nothing');

  it.each(names)('%s claims nothing more for it', async (name) => {
    const machine = mac(name);
    const whole = new Set(
      (await Promise.all(probes.map((probe) => probe(portsOf(machine), here())))).flatMap(claims),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...machine.commands.keys()),
        fc.nat(),
        fc.constantFrom(0, 1, 124, 125, 128),
        async (command, where, exitCode) => {
          const cut = (printed: Printed, of: string): Printed => {
            if (of !== command || printed.stdout === '') return printed;
            const stdout = printed.stdout.slice(0, where % printed.stdout.length);
            // A program that ends well has printed all of it: nothing but its last line may be short then.
            const isWhole = exitCode === 0 && (stdout === '' || stdout.endsWith('\n'));
            return { ...printed, stdout, exitCode: isWhole ? 125 : exitCode };
          };
          for (const probe of probes) {
            const item = evidenceSchema.parse(await probe(portsOf(machine, cut), here()));
            expect(claims(item).filter((claim) => !whole.has(claim))).toEqual([]);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
