import { connect, createServer as createTls } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LookRequest } from '../../src/agent/protocol.ts';
import { type Evidence, seen } from '../../src/model/evidence.ts';
import { reachSeen } from '../../src/outside/globalping/reach.ts';
import { traceSeen } from '../../src/outside/globalping/trace.ts';
import { globalpingVantage } from '../../src/outside/globalping.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { makeCertificate } from '../ports/node/certificate.ts';
import { closedPort, listen, never } from '../ports/node/loopback.ts';
import { globalpingServer, type World } from './globalping-server.ts';

const NAME = 'home.example.org';
const [FOUR, SIX] = ['81.2.99.2', '2a0b:4341:7700::10'];

const question = (more: Partial<LookRequest> = {}): LookRequest => ({
  addresses: [
    { address: FOUR, roles: ['a-record'] },
    { address: SIX, roles: ['aaaa-record'] },
  ],
  port: 443,
  hint: { protocol: 'tls', name: NAME, path: '/secret?x=1' },
  resolve: null,
  otherPorts: [],
  traces: [],
  ...more,
});

const open: World = { service: () => 'open' };

async function look(
  world: World,
  asked = question(),
  { token = null as string | null, signal = never } = {},
) {
  const server = await globalpingServer(world);
  const vantage = globalpingVantage({ labels: ['outside-1', 'outside-2'], token, base: server.base });
  const evidence = await vantage.look(asked, nodePorts(), signal);
  return { ...server, vantage, evidence };
}

const outcomes = (evidence: readonly Evidence[]): Record<string, string> =>
  Object.fromEntries(
    evidence
      .filter(({ probe }) => probe === 'reach')
      .map((item) => [
        item.id.slice('reach:outside-'.length),
        item.probe === 'reach' && item.status === 'ok'
          ? item.facts.attempts.map(({ outcome }) => outcome).join(' ')
          : item.status === 'ok'
            ? ''
            : `${item.status}: ${item.reason.code}`,
      ]),
  );
const thrice = (outcome: string): string => [outcome, outcome, outcome].join(' ');
const details = (evidence: readonly Evidence[]) =>
  new Set(evidence.flatMap((item) => (item.status === 'ok' ? [] : [item.reason.detail])));

describe('a look', () => {
  test('is from two places, each with a label of its own and a name', async () => {
    const { evidence, asked } = await look(open);
    expect(seen(evidence, 'place').map(({ id, facts }) => [id, facts.shown])).toEqual([
      ['place:outside-1:self', 'Globalping in Berlin, DE (Deutsche Telekom AG)'],
      ['place:outside-2:self', 'Globalping in Paris, FR (Orange S.A.)'],
    ]);
    expect(outcomes(evidence)).toEqual({
      [`1:${FOUR}`]: thrice('connected'),
      [`1:${SIX}`]: thrice('connected'),
      [`2:${FOUR}`]: thrice('connected'),
      [`2:${SIX}`]: thrice('connected'),
    });
    // IPv6 first, since not every place has it; whatever comes then is from the places of the first.
    expect(asked.map(({ type, target, limit, locations }) => [type, target, limit, locations])).toEqual([
      ['ping', SIX, 2, undefined],
      ['ping', FOUR, undefined, 'm1x'],
      ['http', FOUR, undefined, 'm1x'],
      ['http', SIX, undefined, 'm1x'],
    ]);
    // What isn't needed to find out is not disclosed.
    expect(JSON.stringify(asked)).not.toContain('secret');
  });

  test('waits 500 ms between two questions for a result', async () => {
    const { polls } = await look({ ...open, takes: 2_500 });
    const pauses = polls().flatMap((times) => times.slice(1).map((at, index) => at - (times[index] ?? 0)));
    expect(pauses.length).toBeGreaterThan(4);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(490);
  });

  test('is from the same places the next time', async () => {
    const { vantage, asked } = await look(open);
    await vantage.look(
      question({ addresses: [{ address: '81.2.99.9', roles: ['wan'] }] }),
      nodePorts(),
      never,
    );
    expect(asked.slice(4).every(({ locations }) => locations === 'm1x')).toBe(true);
  });

  test('of one place, where there is only one', async () => {
    const { evidence } = await look({ ...open, places: 1 });
    expect(new Set(evidence.map(({ id }) => id.split(':')[1]))).toEqual(new Set(['outside-1']));
    expect(outcomes(evidence)).toEqual({
      [`1:${FOUR}`]: thrice('connected'),
      [`1:${SIX}`]: thrice('connected'),
    });
  });

  test('has the token in its header alone', async () => {
    const { evidence, tokens, asked } = await look({ ...open, token: 'k7vXq2mB9sTz' }, question(), {
      token: 'k7vXq2mB9sTz',
    });
    expect([...tokens]).toEqual(['Bearer k7vXq2mB9sTz']);
    expect(JSON.stringify([evidence, asked])).not.toContain('k7vXq2mB9sTz');
  });

  test('ends when it is called off', async () => {
    const { evidence } = await look({ ...open, takes: 60_000 }, question(), {
      signal: AbortSignal.timeout(900),
    });
    expect(
      new Set(evidence.map((item) => (item.status === 'failed' ? item.reason.code : item.probe))),
    ).toEqual(new Set(['interrupted']));
  });
});

describe('no reply', () => {
  const at = (state: ReturnType<World['service']>): World => ({
    service: (_, target) => (target === FOUR ? state : 'open'),
  });

  test.each([
    ['refused', thrice('refused')],
    ['dropped', thrice('timed-out')],
    ['host-unreachable', thrice('icmp-unreachable')],
    // A place without the family says nothing of the far end.
    ['no-family', thrice('no-route')],
    ['flaky', 'connected timed-out timed-out'],
  ] as const)('%s', async (state, expected) => {
    for (const protocol of ['tls', 'http', 'ssh', 'tcp'] as const) {
      const { evidence } = await look(at(state), question({ hint: { protocol, name: NAME, path: '/' } }));
      expect(outcomes(evidence), protocol).toEqual({
        [`1:${FOUR}`]: expected,
        [`1:${SIX}`]: thrice('connected'),
        [`2:${FOUR}`]: expected,
        [`2:${SIX}`]: thrice('connected'),
      });
    }
  });

  test('that came early and is not explained is not measured', async () => {
    const { evidence } = await look({
      ...at('refused'),
      // The test by HTTP can't be had.
      instead: ({ method, count }) => (method === 'POST' && count > 2 ? { status: 503, body: '' } : null),
    });
    expect(evidence.find(({ id }) => id === `reach:outside-1:${FOUR}`)).toMatchObject({
      status: 'failed',
      reason: {
        code: 'unsupported',
        detail: expect.stringMatching(/no reply from 81\.2\.99\.2 and doesn't tell how/u),
      },
    });
  });

  test('places may see different things', async () => {
    const { evidence } = await look({
      service: (place, target) => (place === 1 && target === FOUR ? 'dropped' : 'open'),
    });
    expect(outcomes(evidence)).toMatchObject({
      [`1:${FOUR}`]: thrice('connected'),
      [`2:${FOUR}`]: thrice('timed-out'),
    });
  });
});

describe('what is refused or fails is not measured', () => {
  const everything = (code: string) =>
    Object.fromEntries([`1:${FOUR}`, `1:${SIX}`].map((each) => [each, `failed: ${code}`]));

  test.each<[string, World, Record<string, string>, RegExp]>([
    [
      'no tests left',
      { ...open, testsLeft: 1 },
      everything('refused'),
      /no tests left for this address for 1234 s: .*hourly rate limit/u,
    ],
    [
      'no place',
      { ...open, places: 0 },
      everything('unsupported'),
      /no fitting place.*No matching IPv[46] probes/u,
    ],
    [
      'a token that is none',
      { ...open, token: 'other' },
      everything('unauthorised'),
      /doesn't take the token/u,
    ],
    [
      'out of order',
      { ...open, instead: () => ({ status: 503, body: 'x' }) },
      everything('unreachable'),
      /HTTP 503/u,
    ],
    [
      'no JSON',
      { ...open, instead: () => ({ status: 202, body: '<html>' }) },
      everything('malformed'),
      /can't be read/u,
    ],
    [
      'an id for another path',
      { ...open, instead: () => ({ status: 202, body: '{"id":"../../x"}' }) },
      everything('malformed'),
      /can't be read/u,
    ],
    [
      'too much',
      { ...open, instead: () => ({ status: 202, body: 'x'.repeat(1_000_000) }) },
      everything('too-large'),
      /can't be asked/u,
    ],
    [
      'controls in a sentence',
      {
        ...open,
        instead: () => ({
          status: 400,
          body: JSON.stringify({ error: { type: 't', message: 'a\u001b[2Jb' } }),
        }),
      },
      everything('refused'),
      /won't look at .*: a \[2Jb/u,
    ],
  ])('%s', async (_, world, expected, sentence) => {
    const { evidence } = await look(world);
    expect(outcomes(evidence)).toEqual(expected);
    const [detail] = details(evidence);
    expect(detail).toMatch(sentence);
    expect(detail).toMatch(/not measured\.$/u);
  });

  test('a blocked address leaves the other one to be measured', async () => {
    const { evidence } = await look({ ...open, blocked: [SIX] });
    expect(outcomes(evidence)).toEqual({
      [`1:${FOUR}`]: thrice('connected'),
      [`1:${SIX}`]: 'failed: refused',
      [`2:${FOUR}`]: thrice('connected'),
      [`2:${SIX}`]: 'failed: refused',
    });
    expect([...details(evidence)].join()).toContain('is a blacklisted address');
  });

  test('a place that went away', async () => {
    const { evidence } = await look({ ...open, offline: [1] });
    expect(outcomes(evidence)).toMatchObject({
      [`1:${FOUR}`]: thrice('connected'),
      [`2:${FOUR}`]: 'failed: unreachable',
    });
  });

  test('nobody there', async () => {
    const base = `http://127.0.0.1:${await closedPort()}`;
    const vantage = globalpingVantage({ labels: ['outside-1'], token: null, base });
    const evidence = await vantage.look(question(), nodePorts(), never);
    expect(outcomes(evidence)).toEqual(everything('unreachable'));
  });

  test('another address than was asked for', async () => {
    const { evidence } = await look({
      ...open,
      instead: ({ method, path }) =>
        method === 'GET'
          ? {
              status: 200,
              body: JSON.stringify({
                id: path.split('/').at(-1),
                status: 'finished',
                results: [
                  {
                    probe: { country: 'DE', city: 'B', network: 'N', asn: 1 },
                    result: {
                      status: 'finished',
                      resolvedAddress: '8.8.8.8',
                      rawOutput: '',
                      timings: [],
                      stats: { total: 3, rcv: 0 },
                    },
                  },
                ],
              }),
            }
          : null,
    });
    expect(outcomes(evidence)).toEqual(everything('malformed'));
  });
});

describe('who answers', () => {
  /** As a probe fills it in from Node's own certificate (src/command/handlers/http/undici.ts). */
  async function asProbeTells(cert: string, key: string): Promise<object> {
    const port = await listen(createTls({ cert, key }, (socket) => socket.on('error', () => {})));
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', servername: NAME, rejectUnauthorized: false }, () => {
        const peer = socket.getPeerCertificate();
        const hex = (text: string | undefined) => text?.toUpperCase().match(/.{2}/gu)?.join(':') ?? null;
        resolve({
          authorized: socket.authorized,
          protocol: socket.getProtocol(),
          cipherName: 'x',
          error: socket.authorizationError,
          createdAt: null,
          expiresAt: null,
          issuer: { CN: peer.issuer.CN },
          subject: { CN: peer.subject.CN, alt: peer.subjectaltname },
          keyType: peer.asn1Curve || peer.nistCurve ? 'EC' : peer.modulus || peer.exponent ? 'RSA' : null,
          keyBits: peer.bits ?? null,
          serialNumber: hex(peer.serialNumber),
          fingerprint256: peer.fingerprint256,
          publicKey: hex(peer.pubkey?.toString('hex')),
        });
        socket.destroy();
      });
    });
  }

  test.each<[string, readonly string[]]>([
    ['P-256', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['RSA', ['rsa:2048']],
  ])('by a key as a look from here would tell it: %s', async (_, newKey) => {
    const { cert, key, spkiSha256 } = await makeCertificate({}, newKey);
    const { evidence } = await look({ ...open, tls: await asProbeTells(cert, key) });
    const [{ facts } = { facts: null }] = seen(evidence, 'reach');
    expect(facts?.identity).toMatchObject({ kind: 'tls', spkiSha256, coversName: true, trusted: false });
  });

  test('not at all: Ed25519, which the API leaves out', async () => {
    const { cert, key } = await makeCertificate({}, ['ed25519']);
    const { evidence } = await look({ ...open, tls: await asProbeTells(cert, key) });
    expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([null, null, null, null]);
  });

  test('not at all: a point that is on no curve of the web', async () => {
    const { cert, key } = await makeCertificate();
    const told = await asProbeTells(cert, key);
    const publicKey = Array.from({ length: 65 }, (_, index) => (index === 0 ? '04' : '11')).join(':');
    const { evidence } = await look({ ...open, tls: { ...told, publicKey } });
    expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([null, null, null, null]);
  });

  test('by its page, on the port that needs no mention', async () => {
    const page = { headers: { server: 'small/1' }, body: '<title>Home</title>' };
    const hint = { protocol: 'http', name: NAME, path: '/a?b=c' } as const;
    for (const [port, expected] of [
      [80, { kind: 'http', status: 200, server: 'small/1', title: 'Home' }],
      [8080, null],
    ] as const) {
      const { evidence, asked } = await look({ ...open, page }, question({ hint, port }));
      const [first] = seen(evidence, 'reach');
      if (expected === null) expect(first?.facts.identity).toBeNull();
      else expect(first?.facts.identity).toMatchObject(expected);
      expect(asked.find(({ type }) => type === 'http')?.measurementOptions.request).toMatchObject({
        host: NAME,
        path: '/a',
        query: 'b=c',
      });
    }
  });
});

describe('the way there', () => {
  const traces: LookRequest['traces'] = [
    { address: FOUR, port: 443, method: 'tcp' },
    { address: SIX, port: 443, method: 'tcp' },
  ];

  test('over both families, with what a router said against it', async () => {
    const { evidence } = await look(
      {
        ...open,
        way: (target) =>
          target === FOUR
            ? [
                '_gateway (10.0.0.1)  0.3 ms  0.2 ms',
                'r1.example.net (192.0.2.1)  1.5 ms * ',
                '* *',
                `${FOUR} (${FOUR})  9.1 ms !X  9.2 ms !X`,
              ]
            : [`r6.example.net (2001:db8::1)  1.1 ms  1.2 ms`, `${SIX} (${SIX})  8.1 ms  8.2 ms`],
      },
      question({ traces }),
    );
    const [four, six] = seen(evidence, 'trace').map(({ facts }) => facts);
    expect(four).toMatchObject({ method: 'tcp', port: 443, reached: false });
    expect(four?.hops.map(({ address, note }) => [address, note])).toEqual([
      ['10.0.0.1', null],
      ['192.0.2.1', null],
      [null, null],
      [FOUR, '!X'],
    ]);
    expect(six).toMatchObject({ reached: true });
  });

  test('nothing of it where its lines and its hops do not go together', () => {
    const trace = { address: FOUR, port: 443, method: 'tcp' } as const;
    const hop = { resolvedAddress: FOUR, timings: [{ rtt: 1 }] };
    const raw = `traceroute to ${FOUR} (${FOUR})\n 1  ${FOUR} (${FOUR})  1 ms`;
    const result = { status: 'finished' as const, resolvedAddress: FOUR, rawOutput: raw, hops: [hop] };
    expect(traceSeen(trace, result).status).toBe('ok');
    expect(traceSeen(trace, { ...result, rawOutput: raw.replaceAll('\n', '\r\n') }).status).toBe('ok');
    expect(traceSeen(trace, { ...result, hops: [hop, hop] }).status).toBe('failed');
    expect(traceSeen(trace, { ...result, rawOutput: `${raw}\n 2  *` }).status).toBe('failed');
    expect(traceSeen(trace, { ...result, rawOutput: raw.replace(' 1 ', ' 7 ') }).status).toBe('failed');
    expect(traceSeen(trace, { ...result, resolvedAddress: SIX }).status).toBe('failed');
  });
});

test('whatever a place says, what comes of it is of the form, and never a connection that was not made', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('finished', 'failed', FOUR, `connect ECONNREFUSED ${FOUR}:443`),
  );
  const result = fc.record({
    status: fc.constantFrom('finished', 'failed', 'offline', 'in-progress'),
    resolvedAddress: fc.oneof(word, fc.constant(null)),
    rawOutput: fc.oneof(
      word,
      fc.constant('3 packets transmitted, 0 received, 100% packet loss, time 5003 ms'),
    ),
    timings: fc.array(fc.record({ rtt: fc.oneof(fc.double(), fc.integer()) }), { maxLength: 4 }),
    stats: fc.record({ total: fc.integer({ min: -1, max: 5 }), rcv: fc.integer({ min: -1, max: 5 }) }),
    headers: fc.dictionary(fc.string(), word),
    statusCode: fc.integer(),
    rawBody: fc.oneof(word, fc.constant(null)),
    tls: fc.anything(),
  });
  const dial = { address: FOUR, port: 443, roles: ['a-record' as const] };
  fc.assert(
    fc.property(result, fc.oneof(result, fc.constant(null)), (ping, http) => {
      const made = reachSeen({ ...dial, ping, http } as never, { protocol: 'tls', name: NAME, path: '/' });
      if (made.status !== 'ok') return;
      const connected = made.facts.attempts.filter(({ outcome }) => outcome === 'connected').length;
      expect(connected).toBe(ping.stats.rcv);
      if (connected === 0) expect(made.facts.identity).toBeNull();
    }),
  );
});
