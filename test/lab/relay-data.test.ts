/** What comes to the relay over IPv4 reaches the server that has only IPv6, and comes back whole. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RelaySettings } from '../../src/model/relay.ts';
import { RELAY_TIMES, type RelayTimes } from '../../src/relay/times.ts';
import type { LabProcess } from './processes.ts';
import { clientHello } from './relay/hello.ts';
import { SERVICES } from './relay/host.ts';
import { type RelayLab, startRelayLab } from './relay/lab.ts';
import { attempt, attemptOne, bytes, certificateFor, serve } from './relay/origins.ts';
import { RELAY_HOSTS } from './relay/topology.ts';

const RELAY = RELAY_HOSTS.relay[4][0];
const CLIENT = RELAY_HOSTS.client[4][0];
const [FIRST, SECOND, THIRD] = RELAY_HOSTS.origin[6];

/** All periods, so that ten minutes become ten seconds. */
const SCALE = 60;
const scaled = Object.fromEntries(
  Object.entries(RELAY_TIMES).map(([name, ms]) => [name, ms / SCALE]),
) as RelayTimes;
/** What must not be so short that a busy machine is too slow for it. */
const times: RelayTimes = {
  ...scaled,
  connect: RELAY_TIMES.connect,
  hello: 1_000,
  resolve: RELAY_TIMES.resolve,
  resolveRetry: RELAY_TIMES.resolveRetry,
  staleAnswer: RELAY_TIMES.staleAnswer,
};

const home = (port: number) => ({ host: 'home.example.org', port });
const settings: RelaySettings = {
  rebootAt: '04:30',
  services: [
    { kind: 'tcp', port: 22, origin: home(22), proxyProtocol: false },
    { kind: 'tcp', port: 2001, origin: home(2001), proxyProtocol: false },
    { kind: 'tcp', port: 2002, origin: home(2002), proxyProtocol: false },
    { kind: 'tcp', port: 2003, origin: home(2003), proxyProtocol: false },
    { kind: 'tcp', port: 2004, origin: home(2004), proxyProtocol: false },
    { kind: 'tcp', port: 2005, origin: home(2005), proxyProtocol: false },
    { kind: 'tcp', port: 2006, origin: home(2005), proxyProtocol: true },
    { kind: 'tcp', port: 2007, origin: { host: FIRST, port: 22 }, proxyProtocol: false },
    { kind: 'tcp', port: 2008, origin: home(2008), proxyProtocol: false },
    {
      kind: 'tls',
      port: 443,
      origin: home(443),
      names: ['home.example.org', 'www.example.org'],
      proxyProtocol: false,
    },
    {
      kind: 'tls',
      port: 443,
      origin: { host: 'cloud.example.org', port: 443 },
      names: ['cloud.example.org'],
      proxyProtocol: false,
    },
    {
      kind: 'tls',
      port: 443,
      origin: { host: THIRD, port: 443 },
      names: ['mail.example.org'],
      proxyProtocol: false,
    },
    { kind: 'http', port: 80, origin: home(80), names: ['home.example.org'], proxyProtocol: false },
    {
      kind: 'http',
      port: 80,
      origin: { host: 'cloud.example.org', port: 80 },
      names: ['cloud.example.org'],
      proxyProtocol: false,
    },
    { kind: 'udp', port: 53, origin: { host: 'cloud.example.org', port: 53 } },
    { kind: 'udp', port: 5000, origin: { host: 'home.example.org', port: 5000 } },
  ],
};

let lab: RelayLab;
let origin: LabProcess;

beforeAll(async () => {
  lab = await startRelayLab({ settings, times });
  await lab.authority.serve([
    { name: 'home', type: 'AAAA', ttl: 60, value: FIRST },
    { name: 'home', type: 'A', ttl: 60, value: RELAY },
    { name: 'cloud', type: 'AAAA', ttl: 60, value: SECOND },
    { name: 'cloud', type: 'A', ttl: 60, value: RELAY },
  ]);
  const names = ['home.example.org', 'cloud.example.org', 'mail.example.org'] as const;
  const tls = await Promise.all(names.map((name) => certificateFor(lab, name)));
  origin = await serve(lab, 'origin', [
    { kind: 'echo', address: FIRST, port: 22 },
    { kind: 'late', address: FIRST, port: 2001 },
    { kind: 'early', address: FIRST, port: 2002 },
    { kind: 'digest', address: FIRST, port: 2003 },
    { kind: 'source', address: FIRST, port: 2004 },
    { kind: 'head', address: FIRST, port: 2005 },
    { kind: 'datagrams', address: FIRST, port: 5000 },
    ...[FIRST, SECOND, THIRD].flatMap((address, index) => [
      { kind: 'page', address, port: 443, name: names[index] ?? '', tls: tls[index] ?? '' } as const,
      { kind: 'page', address, port: 80, name: names[index] ?? '' } as const,
    ]),
  ]);
  for (const service of SERVICES) await lab.host.start(service);
  await delay(1_500);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

describe('TCP', () => {
  it('goes through and back, by name and by address', async () => {
    const hello = { do: 'talk', address: RELAY, send: [bytes('hello')], end: true } as const;
    const results = await attempt(lab, 'client', [
      { ...hello, port: 22 },
      { ...hello, port: 2007 },
    ]);
    expect(results).toMatchObject([
      { outcome: 'ended', text: 'hello' },
      { outcome: 'ended', text: 'hello' },
    ]);
  });

  it('can end on one side: the answer to that arrives late, and whole', async () => {
    const send = [bytes('a question'), bytes(' and its end')];
    const late = await attemptOne(lab, 'client', { do: 'talk', address: RELAY, port: 2001, send, end: true });
    expect(late).toMatchObject({ outcome: 'ended', text: 'late 22' });
    expect(late.took).toBeGreaterThan(1_000);
  });

  it('can end before the origin has been reached', async () => {
    const filter = 'type filter hook input priority 0; tcp dport 22 tcp flags & (syn | ack) == syn drop;';
    await lab.exec('origin', ['nft', `table inet deaf { chain in { ${filter} }; }`]);
    const crowd = { do: 'crowd', address: RELAY, port: 22, clients: 40 } as const;
    const answers = Promise.all([1, 20].map((silence) => attemptOne(lab, 'client', { ...crowd, silence })));
    await delay(800);
    await lab.exec('origin', ['nft', 'delete table inet deaf']);
    expect((await answers).map(({ text }) => text)).toEqual(['40', '40']);
  });

  it('can end on the other side: what the client says after that arrives, too', async () => {
    const pieces = Array.from({ length: 20 }, () => bytes('x'.repeat(1_000)));
    const port = 2002;
    const early = await attemptOne(lab, 'client', {
      do: 'talk',
      address: RELAY,
      port,
      send: pieces,
      end: true,
    });
    expect(early).toMatchObject({ outcome: 'ended', text: 'early' });
    await origin.waitFor(/^early 20000$/mu);
  });

  it('carries a gibibyte each way, and every byte of it', async () => {
    const GIB = 2 ** 30;
    const results = await attempt(lab, 'client', [
      { do: 'upload', address: RELAY, port: 2003, bytes: GIB },
      { do: 'download', address: RELAY, port: 2004, bytes: GIB },
    ]);
    expect(results).toMatchObject([{ outcome: 'whole' }, { outcome: 'whole' }]);
    const rates = results.map(({ took }) => `${Math.round((GIB * 8) / took / 1_000)} Mbit/s`);
    console.log(`1 GiB to the origin at ${rates[0]}, 1 GiB from it at ${rates[1]}, hashed at both ends`);
  });

  it('may be silent for ten minutes', async () => {
    const silence = (10 * 60_000) / SCALE;
    const idling = attemptOne(lab, 'client', { do: 'idle', address: RELAY, port: 22, silence });
    await delay(silence / 2);
    const sockets = await lab.exec('relay', [
      'ss',
      '-tnoH',
      'state',
      'established',
      '( sport = :22 or dport = :22 )',
    ]);
    expect((await idling).outcome).toBe('alive');
    // On both sides, and as often as it is configured: minutes in life, at most a second here.
    const lines = sockets.stdout.trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/timer:\(keepalive,(?:\d+ms|1sec),0\)/u);
  });

  it('tells the origin the client by PROXY protocol where that is on, and nothing where it is off', async () => {
    const hello = { do: 'talk', address: RELAY, send: [bytes('hello')] } as const;
    const [off, on] = await attempt(lab, 'client', [
      { ...hello, port: 2005 },
      { ...hello, port: 2006 },
    ]);
    const relay = RELAY_HOSTS.relay[6][0];
    expect(off?.text).toBe(`${FIRST} ${relay} ${Buffer.from('hello').toString('hex')}`);
    const [, peer, head = ''] = on?.text.split(' ') ?? [];
    expect(peer).toBe(relay);
    const header = Buffer.from(head, 'hex');
    // PROXY protocol 2.2: signature, version 2 and PROXY, TCP over IPv4, 12 bytes of addresses and ports.
    expect(header.subarray(0, 16).toString('hex')).toBe('0d0a0d0a000d0a515549540a2111000c');
    expect(header.subarray(16, 20).join('.')).toBe(CLIENT);
    expect(header.subarray(20, 24).join('.')).toBe(RELAY);
    expect(header.readUInt16BE(26)).toBe(2006);
  });

  it('ends at once where the origin refuses, and goes on when it is back', async () => {
    const hello = { do: 'talk', address: RELAY, port: 2008, send: [bytes('hello')], end: true } as const;
    const down = await attemptOne(lab, 'client', hello);
    expect(down.text).toBe('');
    expect(['ended', 'reset']).toContain(down.outcome);
    expect(down.took).toBeLessThan(500);
    const back = await serve(lab, 'origin', [{ kind: 'echo', address: FIRST, port: 2008 }]);
    expect(await attemptOne(lab, 'client', hello)).toMatchObject({ outcome: 'ended', text: 'hello' });
    back.kill();
    await back.exited;
    expect((await attemptOne(lab, 'client', hello)).text).toBe('');
  });

  it('comes over IPv6 as well, so that a host can be proved before it has its address', async () => {
    const address = RELAY_HOSTS.relay[6][0];
    const hello = await attemptOne(lab, 'elsewhere', {
      do: 'talk',
      address,
      port: 22,
      send: [bytes('six')],
      end: true,
    });
    expect(hello).toMatchObject({ outcome: 'ended', text: 'six' });
  });
});

it('fits through a path of 1,280 bytes to the origin', async () => {
  const services = settings.services.filter(({ port }) => port === 2003 || port === 2004);
  await using narrow = await startRelayLab({ settings: { ...settings, services }, originMtu: 1_280 });
  await narrow.authority.serve([{ name: 'home', type: 'AAAA', ttl: 60, value: FIRST }]);
  await serve(narrow, 'origin', [
    { kind: 'digest', address: FIRST, port: 2003 },
    { kind: 'source', address: FIRST, port: 2004 },
  ]);
  for (const service of SERVICES.filter((each) => each !== 'nginx')) await narrow.host.start(service);
  await delay(1_500);
  const size = { address: RELAY, bytes: 2 ** 25 } as const;
  const results = await attempt(narrow, 'client', [
    { do: 'upload', port: 2003, ...size },
    { do: 'download', port: 2004, ...size },
  ]);
  expect(results).toMatchObject([{ outcome: 'whole' }, { outcome: 'whole' }]);
  const { stdout } = await narrow.exec('relay', ['ip', '-6', 'route', 'get', FIRST]);
  expect(stdout).toMatch(/mtu 1280/u);
});

describe('UDP', () => {
  it('asks a name server, and brings its answer', async () => {
    const listen = [`--listen-address=${SECOND}`, '--bind-interfaces', '--port=53'];
    const dns = lab.spawn('origin', [
      'dnsmasq',
      '--keep-in-foreground',
      '--log-facility=-',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      ...listen,
      '--address=/asked.example.org/192.0.2.33',
    ]);
    await dns.waitFor(/started/u);
    const dig = ['dig', '+short', '+tries=1', `@${RELAY}`, 'asked.example.org', 'A'];
    expect((await lab.exec('client', dig)).stdout).toBe('192.0.2.33');
    expect((await lab.exec('client', [...dig, '+bufsize=4096'])).stdout).toBe('192.0.2.33');
  });

  it('keeps the datagrams of a client together, and those of another apart', async () => {
    const flow = { do: 'datagrams', address: RELAY, port: 5000, count: 50 } as const;
    const results = await attempt(lab, 'client', [flow, flow, flow, flow]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['all', 'all', 'all', 'all']);
    const ports = results.map(({ text }) => new Set(text.split('\n').map((line) => line.split(' ')[1])));
    expect(ports.map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(new Set(ports.flatMap((each) => [...each])).size).toBe(4);
  });
});

describe('TLS', () => {
  it('leads to the origin of the name, whose own certificate the client sees', async () => {
    const at = (name: string) => ({ do: 'tls', address: RELAY, port: 443, name }) as const;
    const names = ['home.example.org', 'www.example.org', 'cloud.example.org', 'MAIL.example.org'];
    const results = await attempt(lab, 'client', names.map(at));
    expect(results.map(({ certificate }) => certificate)).toEqual([
      'home.example.org',
      'home.example.org',
      'cloud.example.org',
      'mail.example.org',
    ]);
  });

  it('may begin with a ClientHello that comes in pieces', async () => {
    const hello = clientHello(['cloud.example.org']);
    const send = [0, 30, 60].map((from, index) => bytes(hello.subarray(from, [30, 60][index])));
    const answer = await attemptOne(lab, 'client', {
      do: 'talk',
      address: RELAY,
      port: 443,
      send,
      patience: 1_000,
    });
    // A ServerHello, or an alert (RFC 8446, section 5.1): either is the origin's.
    expect(['15', '16']).toContain(Buffer.from(answer.text.slice(0, 1), 'latin1').toString('hex'));
  });

  it('is refused for other names, for none, and for what is no TLS', async () => {
    const at = { address: RELAY, port: 443 } as const;
    const results = await attempt(lab, 'client', [
      { do: 'tls', ...at, name: 'other.example.org' },
      { do: 'tls', ...at },
      { do: 'talk', ...at, send: [bytes('SSH-2.0-client\r\n')] },
      { do: 'talk', ...at, send: [] },
    ]);
    expect(results.filter(({ outcome }) => !['reset', 'ended'].includes(outcome))).toEqual([]);
    expect(results.map(({ text }) => text).join('')).toBe('');
  });
});

describe('HTTP', () => {
  const request = async (head: string, body = '') => {
    const send = [bytes(`${head.replaceAll('\n', '\r\n')}\r\nConnection: close\r\n\r\n${body}`)];
    const { text } = await attemptOne(lab, 'client', { do: 'talk', address: RELAY, port: 80, send });
    const [status = '', ...rest] = text.split('\r\n');
    return { status: status.split(' ')[1], body: rest.at(-1) ?? '' };
  };

  it('leads to the origin of the host, with the port or without', async () => {
    const pages = await Promise.all(
      ['home.example.org', 'Home.Example.Org:80', 'cloud.example.org'].map((host) =>
        request(`GET /.well-known/acme-challenge/x HTTP/1.1\nHost: ${host}`),
      ),
    );
    expect(pages.map(({ body }) => JSON.parse(body).name)).toEqual([
      'home.example.org',
      'home.example.org',
      'cloud.example.org',
    ]);
    expect(JSON.parse(pages[0]?.body ?? '').url).toBe('/.well-known/acme-challenge/x');
  });

  it('is refused for other hosts', async () => {
    expect((await request('GET / HTTP/1.1\nHost: other.example.org')).status).toBe('421');
  });

  it('tells who the client is, and not what it says of itself', async () => {
    const lies = [
      'X-Forwarded-For: 1.2.3.4',
      'X_Forwarded_For: 1.2.3.4',
      'Forwarded: for=1.2.3.4',
      'X-Real-IP: 1.2.3.4',
    ];
    const { body } = await request(
      `GET / HTTP/1.1\nHost: home.example.org\n${lies.join('\n')}\nX-Other: kept`,
    );
    const { headers, rawHeaders } = JSON.parse(body);
    expect(headers['x-forwarded-for']).toBe(CLIENT);
    expect(headers['x-other']).toBe('kept');
    expect(rawHeaders).not.toContain('1.2.3.4');
    expect(rawHeaders.filter((text: string) => /forwarded|real/u.test(text))).toEqual(['x-forwarded-for']);
  });

  it('lets WebSocket through', async () => {
    const head =
      'GET /socket HTTP/1.1\r\nHost: home.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const { text } = await attemptOne(lab, 'client', {
      do: 'talk',
      address: RELAY,
      port: 80,
      send: [bytes(head), bytes('frames')],
      patience: 1_500,
    });
    expect(text).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nframes$/u);
  });
});
