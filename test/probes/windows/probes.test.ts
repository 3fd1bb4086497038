import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence, ProbeCode, Seen } from '../../../src/model/evidence.ts';
import type { ListeningSocket } from '../../../src/model/facts/host.ts';
import { addresses } from '../../../src/probes/addresses.ts';
import { listeners } from '../../../src/probes/listeners.ts';
import { neighbours } from '../../../src/probes/neighbours.ts';
import { routes } from '../../../src/probes/routes.ts';
import { system } from '../../../src/probes/system.ts';
import { parseTracert } from '../../../src/probes/trace/tracert.ts';
import { trace } from '../../../src/probes/trace.ts';
import { parseNetstat } from '../../../src/probes/windows/netstat.ts';
import { completeNetstat } from '../../../src/probes/windows/sockets.ts';
import { here } from '../fake-ports.ts';
import { edited, fixture, windows } from './machine.ts';

async function facts<P extends ProbeCode>(probe: P, evidence: Promise<Evidence>): Promise<Seen<P>['facts']> {
  const item = await evidence;
  if (item.probe !== probe || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts as Seen<P>['facts'];
}

const powershell = (text: string) => windows({ 'powershell.exe': text }).ports;

/** `tcp ipv6 * 443 dual nginx`. */
const told = ({ protocol, family, address, port, v6only, program }: ListeningSocket): string =>
  [
    ...[protocol, family, address ?? '*', port],
    v6only === null ? '' : v6only ? 'v6only' : 'dual',
    program?.name ?? '',
  ]
    .join(' ')
    .replaceAll(/ +/gu, ' ')
    .trim();

const on = (port: number, sockets: readonly ListeningSocket[]): string[] =>
  sockets.filter((socket) => socket.port === port).map(told);

describe('listeners', () => {
  it('are told with their programs; what both families come to by netstat', async () => {
    const all = await facts(
      'listeners',
      listeners(powershell(fixture('server2022-en-drops-ipv4.txt')), here()),
    );
    expect(all).toMatchObject({ tool: 'powershell', bindv6only: null, truncated: false });
    expect(on(443, all.sockets)).toEqual(['tcp ipv6 * 443 dual nginx']);
    expect(on(445, all.sockets)).toEqual(['tcp ipv6 * 445 dual System']);
    // Two sockets of one process: each is told, and what the one of IPv6 would take alone isn't known.
    expect(on(135, all.sockets).sort()).toEqual(['tcp ipv4 * 135 svchost', 'tcp ipv6 * 135 svchost']);
    expect(on(5040, all.sockets)).toEqual(['tcp ipv4 * 5040 svchost (CDPSvc)']);
  });

  it('of IPv6 alone are told apart, because netstat has no row of IPv4', async () => {
    const { sockets } = await facts(
      'listeners',
      listeners(powershell(fixture('windows10-fr-v6only.txt')), here()),
    );
    expect(on(443, sockets)).toEqual(['tcp ipv6 * 443 v6only nginx']);
  });

  it.each([
    ['netstat failed', (_: { lines: string[] }) => ({ lines: null })],
    ['netstat was cut off', ({ lines }: { lines: string[] }) => ({ lines: lines.slice(0, 3) })],
    [
      'netstat is of another process',
      ({ lines }: { lines: string[] }) => ({ lines: lines.map((line) => line.replace('4420', '4421')) }),
    ],
  ])('say nothing of v6only where %s', async (_, change) => {
    const text = edited(fixture('windows10-fr-v6only.txt'), 'netstat', change as never);
    const { sockets } = await facts('listeners', listeners(powershell(text), here()));
    expect(on(443, sockets)).toContain('tcp ipv6 * 443 nginx');
  });

  it.each([
    ['netstat-en.txt', ['tcp ipv4 * 443 nginx', 'tcp ipv6 * 443 nginx']],
    ['netstat-fr.txt', ['tcp ipv4 * 443 nginx', 'tcp ipv6 * 443 nginx']],
    ['netstat-de-v6only.txt', ['tcp ipv6 * 443 v6only nginx']],
  ])('are seen without PowerShell: %s', async (name, wanted) => {
    const { ports, ran } = windows({ netstat: fixture(name), tasklist: fixture('tasklist-de.csv') });
    const all = await facts('listeners', listeners(ports, here()));
    expect(all.tool).toBe('netstat');
    expect(on(443, all.sockets)).toEqual(wanted);
    expect(ran.slice(-2)).toEqual(['netstat -ano', 'tasklist /fo csv /nh']);
  });

  it.each([
    ['a PowerShell that hangs', { 'powershell.exe': { exitCode: 124 } }],
    ['a PowerShell that may not run', { 'powershell.exe': { exitCode: 1 } }],
  ])('are seen beside %s', async (_, prints) => {
    const { ports } = windows({ ...prints, netstat: fixture('netstat-en.txt') });
    const { sockets } = await facts('listeners', listeners(ports, here()));
    expect(on(443, sockets)).toEqual(['tcp ipv4 * 443', 'tcp ipv6 * 443']);
  });

  it.each([
    [{}, 'no-tool'],
    [{ netstat: { exitCode: 124 } }, 'timed-out'],
    [{ netstat: 'nothing of the kind\n' }, 'malformed'],
    [{ netstat: fixture('netstat-en.txt').split('\r\n').slice(0, 9).join('\r\n') }, 'malformed'],
  ])('fail rather than say that nothing listens: %j', async (prints, code) => {
    expect(await listeners(windows(prints).ports, here())).toMatchObject({
      status: 'failed',
      reason: { code },
    });
  });

  it.each([
    ['TCP', (each: { tcp: object[] }) => ({ ...each, tcp: [] })],
    ['UDP', (each: { udp: object[] }) => ({ ...each, udp: [] })],
  ])('an empty table of %s is one that was not read, and netstat counts', async (_, change) => {
    const text = edited(fixture('server2022-en-drops-ipv4.txt'), 'listeners', change as never);
    const { sockets } = await facts('listeners', listeners(powershell(text), here()));
    expect(on(443, sockets).length).toBeGreaterThan(0);
    const without = edited(text, 'netstat', (({ lines }: { lines: string[] }) => ({
      lines: lines.filter((line) => line.startsWith('UDP')),
    })) as never);
    expect(await listeners(powershell(without), here())).toMatchObject({ status: 'failed' });
  });

  it('read netstat whatever words stand between the numbers', () => {
    const word = fc
      .string({ unit: fc.constantFrom(...'ABHÖREN ÉTAT待受¬ß'), minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(word, (state) => {
        const rows = parseNetstat(`  TCP    [::]:443     [::]:0      ${state}     4420\r\n`);
        expect(rows).toEqual([
          { protocol: 'tcp', family: 'ipv6', address: '::', port: 443, zone: null, pid: 4420 },
        ]);
      }),
    );
  });

  it('read netstat in the code page of a console, whatever becomes of its words', () => {
    const text = fixture('netstat-de-v6only.txt');
    const garbled = Buffer.from(text, 'latin1').toString('utf8');
    expect(garbled).toContain('ABH\ufffdREN');
    expect(completeNetstat(garbled)).toEqual(completeNetstat(text));
  });

  it('a netstat that is cut off anywhere lacks no socket of TCP, or is not believed', () => {
    for (const name of ['netstat-en.txt', 'netstat-de-v6only.txt', 'netstat-fr.txt']) {
      const text = fixture(name);
      const tcp = (rows: ReturnType<typeof parseNetstat>) =>
        rows?.filter(({ protocol }) => protocol === 'tcp');
      for (let length = 0; length < text.length; length += 1) {
        const rows = completeNetstat(text.slice(0, length));
        if (rows !== null) expect(tcp(rows)).toEqual(tcp(parseNetstat(text)));
      }
    }
  });
});

describe('addresses', () => {
  it('are told with what is temporary; those of interfaces that are down are not', async () => {
    const { addresses: all } = await facts(
      'addresses',
      addresses(powershell(fixture('windows11-ja-unelevated.txt')), here()),
    );
    expect(
      all.map(
        ({ address, interface: name, temporary }) => `${address} ${name}${temporary ? ' temporary' : ''}`,
      ),
    ).toEqual([
      'fe80::c247:398d:bf00:c20d イーサネット',
      '2a0b:4341:7700::10 イーサネット',
      '2a0b:4341:7700:0:89cd:3e3b:bb9d:6df3 イーサネット temporary',
      '192.168.77.10 イーサネット',
      '::1 Loopback Pseudo-Interface 1',
      '127.0.0.1 Loopback Pseudo-Interface 1',
    ]);
  });

  it('are those that Node knows where PowerShell is not there', async () => {
    const { addresses: all } = await facts('addresses', addresses(windows({}).ports, here()));
    expect(all.map(({ address, temporary }) => [address, temporary])).toEqual([
      ['192.168.77.10', null],
      ['2a0b:4341:7700::10', null],
      ['10.64.0.7', null],
    ]);
  });
});

describe('routes', () => {
  it('tell by which way replies leave, and what is a tunnel', async () => {
    const all = await facts('routes', routes(powershell(fixture('windows10-en-vpn.txt')), here()));
    expect(all.replies.find(({ family }) => family === 'ipv4')).toEqual({
      family: 'ipv4',
      from: '192.168.77.10',
      arrivesBy: 'Ethernet',
      leavesBy: 'home-vpn',
      via: '192.168.77.1',
    });
    expect(all.defaults).toEqual([
      { family: 'ipv4', interface: 'Ethernet', via: '192.168.77.1', metric: 25 },
      { family: 'ipv6', interface: 'Ethernet', via: 'fe80::1', metric: 281 },
      { family: 'ipv4', interface: 'home-vpn', via: null, metric: 5 },
    ]);
    expect(all.interfaces).toEqual([
      { name: 'Ethernet', kind: null, tunnel: false },
      { name: 'Loopback Pseudo-Interface 1', kind: null, tunnel: false },
      { name: 'home-vpn', kind: 'wireguard', tunnel: true },
    ]);
  });

  // InterfaceType 53 (IANA ifType propVirtual); "Microsoft Network Adapter Multiplexor Driver" is the driver of a team.
  it.each([
    ['a team of network cards', 'Microsoft Network Adapter Multiplexor Driver', '192.168.77.1', false],
    ['a VPN of another name', 'Example Secure Access', '0.0.0.0', true],
  ])(
    'a virtual adapter is a tunnel only if it needs no router: %s',
    async (_, description, nextHop, tunnel) => {
      const virtual = edited(fixture('server2022-en-drops-ipv4.txt'), 'adapters', (({
        list,
      }: {
        list: object[];
      }) => ({
        list: list.map((each) =>
          'alias' in each && each.alias === 'Ethernet' ? { ...each, description, type: 53 } : each,
        ),
      })) as never);
      const text = edited(virtual, 'routes', ((each: { list: { alias: string; prefix: string }[] }) => ({
        ...each,
        list: each.list.map((way) => (way.prefix === '0.0.0.0/0' ? { ...way, nextHop } : way)),
      })) as never);
      const { interfaces } = await facts('routes', routes(powershell(text), here()));
      expect(interfaces.find(({ name }) => name === 'Ethernet')?.tunnel).toBe(tunnel);
    },
  );

  it.each([
    [true, []],
    [false, [{ family: 'ipv4', from: '192.168.77.10', arrivesBy: 'Ethernet', leavesBy: null, via: null }]],
  ])(
    'a look-up without an answer means no way only where there is no route: %s',
    async (hasRoute, wanted) => {
      interface Routes {
        list: { prefix: string }[];
        replies: { from: string; leavesBy: string; nextHop: string }[];
      }
      const text = edited(fixture('server2022-en-drops-ipv4.txt'), 'routes', (({
        list,
        replies,
      }: Routes) => ({
        list: list.filter(({ prefix }) => hasRoute || prefix === '::/0'),
        replies: replies.map((reply) =>
          reply.from.includes(':') ? reply : { ...reply, leavesBy: '', nextHop: '' },
        ),
      })) as never);
      const { replies } = await facts('routes', routes(powershell(text), here()));
      expect(replies.filter(({ family }) => family === 'ipv4')).toEqual(wanted);
    },
  );

  it.each([
    ['route-print-en.txt', [{ family: 'ipv4', interface: 'Ethernet', via: '192.168.77.1', metric: 25 }]],
    [
      'route-print-de.txt',
      [
        { family: 'ipv4', interface: 'Ethernet', via: '192.168.77.1', metric: 30 },
        { family: 'ipv4', interface: 'wg0', via: null, metric: 5 },
      ],
    ],
  ])('without PowerShell come from the numbers of %s, and say nothing of replies', async (name, defaults) => {
    const all = await facts('routes', routes(windows({ route: fixture(name) }).ports, here()));
    expect(all).toEqual({
      replies: [],
      defaults,
      interfaces: [
        { name: 'Ethernet', kind: null, tunnel: false },
        { name: 'wg0', kind: null, tunnel: true },
      ],
    });
  });

  it('fail where there is nothing to read', async () => {
    expect(await routes(windows({ route: 'nothing\r\n' }).ports, here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-tool' },
    });
  });
});

describe('system', () => {
  it.each([
    ['server2022-en-drops-ipv4.txt', true, '10.0.20348'],
    ['windows11-ja-unelevated.txt', false, '10.0.22631'],
  ])('%s', async (name, privileged, release) => {
    expect(await facts('system', system(powershell(fixture(name)), here()))).toEqual({
      system: 'windows',
      release,
      privileged,
    });
  });

  it.each([
    // Microsoft Learn, Mandatory Integrity Control: the SIDs of the labels Medium and High.
    ['"Verbindliche Beschriftung\\Mittlere Verbindlichkeitsstufe","Bezeichnung","S-1-16-8192",""\r\n', false],
    ['"Mandatory Label\\High Mandatory Level","Label","S-1-16-12288",""\r\n', true],
    ['', null],
  ])('without PowerShell by the SID of the label: %j', async (whoami, privileged) => {
    expect(await facts('system', system(windows({ whoami }).ports, here()))).toMatchObject({ privileged });
  });
});

describe('trace', () => {
  const hops = (name: string): string[] =>
    (parseTracert(fixture(name)) ?? []).map(({ address, ms, note }) =>
      `${address ?? '*'} ${ms ?? ''} ${note ?? ''}`.trim(),
    );

  it.each([
    ['tracert-fr.txt', ['192.168.13.3 1', '192.168.23.100 1']],
    ['tracert-es.txt', ['192.168.18.1 1', '94.76.138.1 6', '172.19.55.250 3', '*', '99.84.9.39 15']],
    ['tracert-de.txt', ['192.168.20.1 1', '192.168.0.1 1', '217.25.120.3 7']],
    ['tracert-fr-error.txt', []],
    ['tracert-en-unreachable.txt', ['192.168.1.171  !']],
  ])('reads %s', (name, wanted) => {
    expect(hops(name)).toEqual(wanted);
  });

  it('reads IPv6, silent hops and questions that were lost', () => {
    const found = hops('tracert-ja.txt');
    expect(found).toHaveLength(10);
    expect(found.slice(3, 5)).toEqual(['*', '*']);
    expect(found[7]).toBe('2001:de8:c::1:3335:1 21');
    expect(found[8]).toBe('2400:cb00:408:3:: 6');
  });

  it('is ICMP, whatever was asked for', async () => {
    const { ports, ran } = windows({ tracert: fixture('tracert-ja.txt') });
    const question = { address: '2606:4700:4700::1111', port: 443, method: 'tcp' as const, maxHops: 10 };
    expect(await facts('trace', trace(question, ports, here()))).toMatchObject({
      method: 'icmp',
      port: null,
      tool: 'tracert',
      reached: true,
    });
    expect(ran).toEqual(['tracert -d -h 10 -w 1000 -6 2606:4700:4700::1111']);
  });

  it('takes what was seen before the time was up, and no silence at its end', async () => {
    const stdout = fixture('tracert-ja.txt').split('\r\n').slice(0, 9).join('\r\n');
    const { ports } = windows({ tracert: { exitCode: 124, stdout } });
    const question = { address: '2606:4700:4700::1111', port: null, method: 'udp' as const };
    const all = await facts('trace', trace(question, ports, here()));
    expect(all.hops.map(({ address }) => address)).toEqual([
      '2400:2411:3b00:2800:1111:1111:1111:1111',
      '2400:2411:3b00:2800:2eff:65ff:fed8:e601',
      '2400:2411:3b00:2900::fffe',
    ]);
    expect(all.reached).toBe(false);
  });

  it.each([
    [{}, 'no-tool'],
    [{ tracert: fixture('tracert-fr-error.txt') }, 'unsupported'],
    [{ tracert: { exitCode: 124 } }, 'timed-out'],
  ])('fails where nothing was seen: %j', async (prints, code) => {
    const question = { address: '8.8.8.8', port: null, method: 'udp' as const };
    expect(await trace(question, windows(prints).ports, here())).toMatchObject({ reason: { code } });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789 <ms*.:[]\n a') }), (text) => {
        for (const { ttl } of parseTracert(`${text}\n`) ?? []) expect(ttl).toBeGreaterThan(0);
      }),
    );
  });
});

it('neighbours are told by numbers alone; groups are none', async () => {
  const { ports } = windows({ arp: fixture('neighbours-de.txt') });
  expect(await neighbours(ports, here())).toEqual([
    { address: '192.168.77.1', hardware: 'dc:a6:32:5e:19:7a' },
    { address: '192.168.77.10', hardware: '02:00:00:00:00:10' },
    { address: '2a0b:4341:7700::10', hardware: '02:00:00:00:00:10' },
    { address: 'fe80::1', hardware: 'dc:a6:32:5e:19:7a' },
  ]);
});
