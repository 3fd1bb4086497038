import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RelayService, type RelaySettings, relaySettingsSchema } from '../../src/model/relay.ts';
import { readName, readOriginHost, refusals, refusedAddresses } from '../../src/relay/check.ts';
import { type Refusal, refusalSentence } from '../../src/relay/refusal.ts';
import { allRefusals, userData } from '../../src/relay/user-data.ts';

const HOME = { host: 'home.example.org', port: 443 };
const tcp = (port: number, host = HOME.host): RelayService => ({
  kind: 'tcp',
  port,
  origin: { host, port: 22 },
  proxyProtocol: false,
});
const named = (kind: 'tls' | 'http', port: number, ...names: string[]): RelayService => ({
  kind,
  port,
  origin: HOME,
  names,
  proxyProtocol: false,
});
const udp = (port: number): RelayService => ({ kind: 'udp', port, origin: HOME });
const settings = (...services: RelayService[]): RelaySettings => ({ services, rebootAt: '04:30' });

describe('where a service is, as a user writes it', () => {
  it.for([
    ['home.example.org', 'home.example.org'],
    [' Home.Example.ORG. ', 'home.example.org'],
    ['2A0B:4341:7700:0:0::10', '2a0b:4341:7700::10'],
    ['xn--bcher-kva.example.org', 'xn--bcher-kva.example.org'],
  ] as const)('%s is read', ([text, host]) => {
    expect(readOriginHost(text)).toBe(host);
  });

  it.for([
    ['81.2.99.2', { code: 'origin-ipv4', host: '81.2.99.2' }],
    ['::ffff:81.2.99.2', { code: 'origin-ipv4', host: '81.2.99.2' }],
    ['127.0.0.1', { code: 'origin-ipv4', host: '127.0.0.1' }],
    ['::1', notPublic('::1', 'loopback')],
    ['::', notPublic('::', 'unspecified')],
    ['fe80::1', notPublic('fe80::1', 'link-local')],
    ['fd00:ec2::254', notPublic('fd00:ec2::254', 'unique-local')],
    ['ff02::1', notPublic('ff02::1', 'multicast')],
    ['2001:db8::1', notPublic('2001:db8::1', 'documentation')],
    ['3fff::1', notPublic('3fff::1', 'documentation')],
    ['64:ff9b::5102:6302', notPublic('64:ff9b::5102:6302', 'reserved')],
    ['2002:5102:6302::1', notPublic('2002:5102:6302::1', 'reserved')],
    ['2001::1', notPublic('2001::1', 'reserved')],
    ['fec0::1', notPublic('fec0::1', 'reserved')],
    ['', { code: 'not-a-host', text: '' }],
    ['.', { code: 'not-a-host', text: '.' }],
    ['fe80::1%eth0', { code: 'not-a-host', text: 'fe80::1%eth0' }],
    ['::81.2.99.2', { code: 'not-a-host', text: '::81.2.99.2' }],
    ['1.2', { code: 'not-a-host', text: '1.2' }],
    ['0x7f.1', { code: 'not-a-host', text: '0x7f.1' }],
    ['home.0x7f000001', { code: 'not-a-host', text: 'home.0x7f000001' }],
    ['_ssh._tcp.example.org', { code: 'not-a-host', text: '_ssh._tcp.example.org' }],
    ['-x.example.org', { code: 'not-a-host', text: '-x.example.org' }],
    ['*.example.org', { code: 'not-a-host', text: '*.example.org' }],
    ['bücher.example.org', { code: 'not-a-host', text: 'bücher.example.org' }],
    ['localhost', { code: 'origin-local-name', host: 'localhost' }],
    ['nas.local', { code: 'origin-local-name', host: 'nas.local' }],
    ['fritz.box:80', { code: 'not-a-host', text: 'fritz.box:80' }],
  ] as const)('%s is refused', ([text, refusal]) => {
    expect(readOriginHost(text)).toEqual(refusal);
  });
});

function notPublic(address: string, scope: string) {
  return { code: 'origin-not-public', host: address, address, scope };
}

describe('settings', () => {
  it('may have everything at once where nothing overlaps', () => {
    const all = settings(
      tcp(22),
      tcp(53),
      tcp(25, '2a0b:4341:7700::10'),
      named('tls', 443, 'home.example.org', 'www.example.org'),
      named('tls', 443, 'cloud.example.org'),
      named('tls', 8_443, 'home.example.org'),
      named('http', 80, 'home.example.org'),
      named('http', 80, 'cloud.example.org'),
      udp(443),
      udp(53),
    );
    expect(allRefusals(all)).toEqual([]);
  });

  it.for([
    ['two of TCP on a port', [tcp(22), tcp(22)], { code: 'port-taken', protocol: 'tcp', port: 22 }],
    [
      'TCP and TLS',
      [tcp(443), named('tls', 443, 'a.example.org')],
      { code: 'port-taken', protocol: 'tcp', port: 443 },
    ],
    [
      'TCP and HTTP',
      [named('http', 80, 'a.example.org'), tcp(80)],
      { code: 'port-taken', protocol: 'tcp', port: 80 },
    ],
    [
      'TLS and HTTP',
      [named('tls', 80, 'a.example.org'), named('http', 80, 'b.example.org')],
      { code: 'port-taken', protocol: 'tcp', port: 80 },
    ],
    ['two of UDP', [udp(53), udp(53)], { code: 'port-taken', protocol: 'udp', port: 53 }],
    [
      'a name twice on a port',
      [named('tls', 443, 'a.example.org', 'b.example.org'), named('tls', 443, 'b.example.org')],
      { code: 'name-taken', port: 443, name: 'b.example.org' },
    ],
    [
      'a name twice in a service',
      [named('http', 80, 'a.example.org', 'a.example.org')],
      { code: 'name-taken', port: 80, name: 'a.example.org' },
    ],
    ["the resolver's port", [tcp(5_335)], { code: 'port-of-host', protocol: 'tcp', port: 5_335 }],
    ["the DHCP client's port", [udp(68)], { code: 'port-of-host', protocol: 'udp', port: 68 }],
    ['a local name', [tcp(22, 'nas.local')], { code: 'origin-local-name', host: 'nas.local' }],
    [
      'a private address',
      [tcp(22, 'fd00::1')],
      { code: 'origin-not-public', host: 'fd00::1', address: 'fd00::1', scope: 'unique-local' },
    ],
  ] as [string, RelayService[], Refusal][])('are refused with %s', ([, services, refusal]) => {
    expect(refusals(settings(...services))).toEqual([refusal]);
    expect(() => userData(settings(...services))).toThrow(refusalSentence(refusal));
  });

  it('are refused where a host could not be told of them', () => {
    const names = Array.from({ length: 50 }, (_, n) => `${'long-name-'.repeat(5)}${n}.example.org`);
    const large = settings(...Array.from({ length: 5 }, (_, n) => named('tls', 1_000 + n, ...names)));
    const [refusal] = allRefusals(large);
    expect(refusal).toMatchObject({ code: 'too-large', most: 15_360 });
    expect(() => userData(large)).toThrow(/use several stacks/u);
  });
});

describe('where names lead', () => {
  const name = settings(tcp(22));
  const lead = (addresses: string[], own: string[] = []) =>
    refusedAddresses(name, new Map([[HOME.host, addresses]]), own);

  it('is fine where it is the internet', () => {
    expect(lead(['2a0b:4341:7700::10', '2a0b:4341:7700::11'], ['2a0a:4cc0:80::80'])).toEqual([]);
    expect(refusedAddresses(settings(tcp(22, '2a0b:4341:7700::10')), new Map(), [])).toEqual([]);
  });

  it.for([
    ['nowhere', [], { code: 'origin-without-aaaa', host: HOME.host }],
    [
      'to the relay',
      ['2a0a:4cc0:80::80'],
      { code: 'origin-is-relay', host: HOME.host, address: '2a0a:4cc0:80::80' },
    ],
    ['to an IPv4-mapped address', ['::ffff:127.0.0.1'], { code: 'origin-ipv4', host: HOME.host }],
    [
      'to loopback',
      ['2a0b:4341:7700::10', '::1'],
      { code: 'origin-not-public', host: HOME.host, address: '::1', scope: 'loopback' },
    ],
  ] as [string, string[], Refusal][])('is refused %s', ([, addresses, refusal]) => {
    expect(lead(addresses, ['2a0a:4cc0:80::80', '152.53.20.80'])).toEqual([refusal]);
  });

  it('is refused for the address of the relay', () => {
    const own = '2a0a:4cc0:80::80';
    const refusal = { code: 'origin-is-relay', host: own, address: own };
    expect(refusedAddresses(settings(tcp(22, own)), new Map(), [own])).toEqual([refusal]);
  });
});

it('says every refusal in a sentence', () => {
  const each: Refusal[] = [
    { code: 'not-a-host', text: 'a "b"\n' },
    { code: 'origin-ipv4', host: '81.2.99.2' },
    { code: 'origin-not-public', host: '::1', address: '::1', scope: 'loopback' },
    { code: 'origin-not-public', host: 'home.example.org', address: 'fd00::1', scope: 'unique-local' },
    { code: 'origin-local-name', host: 'nas.local' },
    { code: 'origin-without-aaaa', host: 'home.example.org' },
    { code: 'origin-is-relay', host: 'home.example.org', address: '2a0a:4cc0:80::80' },
    { code: 'port-taken', protocol: 'tcp', port: 443 },
    { code: 'name-taken', port: 443, name: 'home.example.org' },
    { code: 'port-of-host', protocol: 'udp', port: 68 },
    { code: 'too-large', bytes: 20_000, most: 15_360 },
  ];
  expect(each.map(refusalSentence)).toMatchInlineSnapshot(`
    [
      ""a \\"b\\"\\n" is neither a host name nor an IPv6 address.",
      "81.2.99.2 is an IPv4 address; a relay leads to an IPv6 address or to a name that has one.",
      "[::1] is no public address (loopback), so a relay in the internet can't forward to it.",
      "home.example.org leads to fd00::1, which is no public address (private (unique local)), so a relay in the internet can't forward to it.",
      "nas.local is a name for a local network, which the internet can't look up.",
      "home.example.org has no AAAA record, so a relay can't find its IPv6 address.",
      "home.example.org leads to the relay itself (2a0a:4cc0:80::80), which would forward to itself for ever.",
      "Port 443 (tcp) is wanted by two services; only services told apart by name (two of TLS, or two of HTTP) can share one.",
      "home.example.org is wanted by two services on port 443.",
      "Port 68 (udp) is used by the relay's own system.",
      "So many services and names need 20000 bytes to describe, and a new host takes 15360: use several stacks.",
    ]
  `);
});

describe('hostile text', () => {
  /** Text that means something to a shell, to HAProxy, to nginx, to unbound or to nft, in places of a name. */
  const SPECIAL = [...'\n\r\t "\'`$%\\;{}[]()#&|<>*?!~:/@._-=,', '\0', '\u2028', 'ａ', 'ß', '..'];
  const PHRASES = [
    '$(id)',
    '%[src]',
    '\nEND-OF-FILE\n',
    ' send-proxy',
    '\nserver x 127.0.0.1:80\n',
    '; proxy_pass 127.0.0.1:80;',
    '::1',
    '127.0.0.1',
    '0x7f',
  ];
  const WORDS = ['a', 'b1', 'x-y', 'example', '.org', 'home.example.org', '2a0b:4341:7700::10'];
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.constantFrom(...SPECIAL) },
    { weight: 1, arbitrary: fc.constantFrom(...PHRASES) },
    { weight: 1, arbitrary: fc.string({ maxLength: 3, unit: 'binary' }) },
  );
  const hostile = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));

  const PLAIN = 'plain.example.org';
  const of = (host: string, name: string): RelaySettings =>
    settings(
      { ...tcp(22, host), origin: { host, port: 22 } },
      named('tls', 443, name),
      named('http', 80, name),
      { kind: 'udp', port: 443, origin: { host, port: 443 } },
    );

  it('is either read as a plain name or address, or never reaches a file', () => {
    let read = 0;
    fc.assert(
      fc.property(hostile, hostile, (hostText, nameText) => {
        const raw = relaySettingsSchema.safeParse(of(hostText, nameText));
        const host = readOriginHost(hostText);
        const name = readName(nameText);
        if (typeof host === 'string') expect(host).toMatch(/^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|[0-9a-f:]+)$/u);
        if (typeof name === 'string') expect(name).toMatch(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/u);
        // What the schema takes is what reading gives: there is no other way into a file.
        if (raw.success) expect([readName(nameText)]).toEqual([nameText]);
        else expect(() => userData(of(hostText, nameText))).toThrow();
        if (typeof host !== 'string' || typeof name !== 'string') return;
        read += 1;
        const text = userData(of(host, name));
        const shown = host.includes(':') ? `[${host}]` : host;
        const lines = userData(of('origin-host.example.org', PLAIN))
          .replaceAll('origin-host.example.org', shown)
          .replaceAll(PLAIN, name)
          .split('\n');
        expect(text.split('\n')).toEqual(lines);
      }),
      { numRuns: 3_000 },
    );
    expect(read).toBeGreaterThan(20);
  });
});
