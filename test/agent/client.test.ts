import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookFromOutside } from '../../src/agent/client.ts';
import { deriveKeys, macOfAnswer, macOfRequest } from '../../src/agent/mac.ts';
import { HEADER, LOOK_PATH } from '../../src/agent/protocol.ts';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/ports.ts';
import { dnsAnswer, REQUEST, TOKEN, V4, V6, world } from './support.ts';

const CHALLENGE = 'c'.repeat(40);
const challenged = { protocol: 2, challenge: CHALLENGE };
const answered = (data: unknown, headers = {}, status = 200): HttpResult => ({
  ok: true,
  status,
  headers,
  body: typeof data === 'string' ? data : JSON.stringify(data),
  ms: 1,
});

/** What an agent that has the token sends for a look, whatever it says. */
function signed(data: unknown, { headers }: HttpRequest): HttpResult {
  const body = typeof data === 'string' ? data : JSON.stringify(data);
  const nonces = { challenge: headers[HEADER.challenge] ?? '', nonce: headers[HEADER.nonce] ?? '' };
  return answered(body, {
    [HEADER.mac]: macOfAnswer(deriveKeys(TOKEN), { path: LOOK_PATH, ...nonces, body }),
  });
}

interface Fake {
  readonly challenge?: HttpResult;
  readonly look?: (request: HttpRequest) => HttpResult;
}

/** Asks whoever answers like this; what comes back is always one valid piece of evidence for each thing asked. */
async function ask(fake: Fake): Promise<Evidence[]> {
  const { ports } = world();
  const http = async (request: HttpRequest): Promise<HttpResult> =>
    request.url.endsWith('/v2/challenge')
      ? (fake.challenge ?? answered(challenged))
      : (fake.look?.(request) ?? answered(''));
  const evidence = await lookFromOutside(
    { url: 'http://agent.example.net:4460', token: TOKEN, request: REQUEST, label: 'a' },
    { ...ports, net: { ...ports.net, http } },
    new AbortController().signal,
  );
  for (const item of evidence) {
    evidenceSchema.parse(item);
    expect(item).toMatchObject({ vantage: 'outside', at: '2026-01-01T00:00:00.000Z' });
    expect(JSON.stringify(item.how)).toMatch(/^"(?:nc|dig) [\w .:@-]+"$/u);
  }
  expect(evidence.slice(0, 2).map(({ id }) => id)).toEqual([`reach:a:${V4}`, `reach:a:${V6}`]);
  expect(evidence.slice(2).every(({ id }) => id.startsWith('resolver:a:'))).toBe(true);
  expect(new Set(evidence.map(({ id }) => id)).size).toBe(evidence.length);
  return evidence;
}

const reasonsOf = (evidence: readonly Evidence[]) =>
  evidence.map((item) => (item.status === 'ok' ? 'ok' : item.reason.code));

const reachOf = (address: string, facts: object = {}) => ({
  address,
  seen: {
    status: 'ok',
    facts: {
      family: address.includes(':') ? 'ipv6' : 'ipv4',
      address,
      port: 443,
      roles: ['own'],
      attempts: [{ outcome: 'connected', ms: 1 }],
      identity: null,
      ...facts,
    },
  },
});
const resolverOf = (server: string) => ({
  status: 'ok',
  facts: { server, a: dnsAnswer([V4]), aaaa: dnsAnswer([V6]) },
});
const answer = (reach: readonly unknown[], resolver: readonly unknown[] = [resolverOf('9.9.9.9')]) => ({
  protocol: 2,
  reach,
  resolver,
  otherPorts: [],
  traces: [],
});
const honest = answer([reachOf(V4), reachOf(V6)]);

describe('whoever has no token', () => {
  it.each<[string, string, Fake]>([
    ['sends no signature', 'malformed', { look: () => answered(honest) }],
    ['invents one', 'malformed', { look: () => answered(honest, { [HEADER.mac]: 'A'.repeat(43) }) }],
    ['sends two', 'malformed', { look: () => answered(honest, { [HEADER.mac]: ['a', 'b'] }) }],
    [
      "sends the client's own proof back",
      'malformed',
      { look: ({ headers, body = '' }) => answered(body, { [HEADER.mac]: headers[HEADER.mac] }) },
    ],
    [
      'changes the answer',
      'malformed',
      {
        look: (request) => {
          const result = signed(honest, request);
          return result.ok ? { ...result, body: result.body.replace('connected', 'timed-out') } : result;
        },
      },
    ],
    [
      'repeats an earlier answer',
      'malformed',
      {
        look: (request) =>
          signed(honest, { ...request, headers: { ...request.headers, [HEADER.nonce]: 'n'.repeat(32) } }),
      },
    ],
    [
      'signs as if it were the caller',
      'malformed',
      {
        look: ({ headers }) => {
          const body = JSON.stringify(honest);
          const nonces = { challenge: CHALLENGE, nonce: headers[HEADER.nonce] ?? '' };
          const mac = macOfRequest(deriveKeys(TOKEN), { path: LOOK_PATH, ...nonces, body });
          return answered(body, { [HEADER.mac]: mac });
        },
      },
    ],
    ['is a web server', 'malformed', { challenge: answered('<html>', {}, 404) }],
    ['is another web server', 'malformed', { challenge: answered('<html>') }],
    ['redirects', 'malformed', { challenge: answered('', { location: 'http://10.0.0.1/' }, 302) }],
    ['is a proxy without an agent', 'unreachable', { challenge: answered('Bad Gateway', {}, 502) }],
    ['speaks another protocol', 'unsupported', { challenge: answered({ protocol: 3, challenge: 'x' }) }],
    [
      'injects a header',
      'malformed',
      { challenge: answered({ protocol: 2, challenge: `${CHALLENGE}\r\nx: y` }) },
    ],
    [
      'refuses another version',
      'unsupported',
      { challenge: answered({ protocol: 3, error: 'version', sentence: 'No.' }, {}, 400) },
    ],
    ['says too much', 'too-large', { look: () => ({ ok: false, reason: { code: 'too-large' }, ms: 1 }) }],
    ['never answers', 'timed-out', { look: () => ({ ok: false, reason: { code: 'timed-out' }, ms: 1 }) }],
    [
      'has a bad certificate',
      'unauthorised',
      { challenge: { ok: false, reason: { code: 'unauthorised' }, ms: 1 } },
    ],
  ])('%s: %s', async (_what, code, fake) => {
    const evidence = await ask(fake);
    expect(reasonsOf(evidence)).toEqual([code, code, code]);
    for (const item of evidence) if (item.status !== 'ok') expect(item.reason.detail).toMatch(/agent/u);
  });

  it("can't write on the terminal", async () => {
    const sentence = `\u001b[2J\u202e${'long '.repeat(1000)}`;
    const refusal = { protocol: 2, error: 'unauthorised', sentence };
    const [item] = await ask({ challenge: answered(refusal, { 'retry-after': '\u001b[2J' }, 401) });
    const detail = item?.status === 'failed' ? (item.reason.detail ?? '') : '';
    expect(detail).toMatch(/refuses: \[2J long/u);
    expect(detail).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(detail.length).toBeLessThan(500);
  });
});

describe('an agent that has the token but lies', () => {
  const lookWith = (data: unknown) => ask({ look: (request) => signed(data, request) });

  it('is believed only for what it was asked', async () => {
    const [four, six, resolver] = await lookWith(honest);
    expect(four).toMatchObject({ status: 'ok', facts: { roles: ['a-record'] } });
    expect(six).toMatchObject({ status: 'ok', facts: { roles: ['aaaa-record'] } });
    expect(resolver).toMatchObject({ id: 'resolver:a:9.9.9.9', status: 'ok' });
  });

  const tls = { kind: 'tls', spkiSha256: 'a'.repeat(64), issuer: '', coversName: null, trusted: true };
  it.each<[string, unknown]>([
    ['another address', { ...reachOf(V4), ...{ seen: reachOf('1.1.1.1').seen } }],
    ['another port', reachOf(V4, { port: 80 })],
    ['another family', reachOf(V4, { family: 'ipv6' })],
    [
      'someone who answers where nothing connects',
      reachOf(V4, { attempts: [{ outcome: 'timed-out', ms: 1 }], identity: { ...tls, subject: '' } }),
    ],
    ['a thousand attempts', reachOf(V4, { attempts: Array(1000).fill({ outcome: 'connected', ms: 1 }) })],
    ['an endless time', reachOf(V4, { attempts: [{ outcome: 'connected', ms: 1e300 }] })],
    ['a subject of a megabyte', reachOf(V4, { identity: { ...tls, subject: 'x'.repeat(1e6) } })],
    ['another address than asked', reachOf('1.1.1.1')],
  ])('about one address: %s', async (_what, entry) => {
    expect(reasonsOf(await lookWith(answer([entry, reachOf(V6)])))).toEqual(['malformed', 'ok', 'ok']);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{"protocol": 2'],
    ['no object', 'null'],
    ['nesting', '['.repeat(100_000)],
    ['a number out of this world', JSON.stringify(honest).replace('"ms":1', '"ms":1e999')],
    ['another protocol', { ...honest, protocol: 3 }],
    ['an invented outcome', answer([reachOf(V4, { attempts: [{ outcome: 'fine', ms: 1 }] })])],
    ['a thousand resolvers', answer([reachOf(V4), reachOf(V6)], Array(1000).fill(resolverOf('9.9.9.9')))],
    ['evidence of another probe', [{ id: 'whoami:here:x', probe: 'whoami', status: 'ok', facts: {} }]],
  ])('about everything: %s', async (_what, data) => {
    expect(reasonsOf(await lookWith(data))).toEqual(['malformed', 'malformed', 'malformed']);
  });

  it('leaves out or repeats', async () => {
    expect(reasonsOf(await lookWith(answer([], [])))).toEqual(['malformed', 'malformed', 'malformed']);
    const twice = answer(
      [reachOf(V4), reachOf(V4), reachOf(V6)],
      [resolverOf('9.9.9.9'), resolverOf('9.9.9.9')],
    );
    expect(reasonsOf(await lookWith(twice))).toEqual(['malformed', 'ok', 'ok', 'malformed']);
  });

  it("can't write on the terminal, nor change what is plain", async () => {
    const subject = 'CN=a\u001b[31m\nb\u202e';
    const failed = { status: 'failed', reason: { code: 'refused', detail: '\u001b[2J\nno' } };
    const identity = { ...tls, subject, issuer: 'CN=Ä  ẞ' };
    const [four, six] = await lookWith(answer([reachOf(V4, { identity }), { address: V6, seen: failed }]));
    expect(four).toMatchObject({ facts: { identity: { subject: 'CN=a [31m b', issuer: 'CN=Ä  ẞ' } } });
    expect(six).toMatchObject({ status: 'failed', reason: { code: 'refused', detail: '[2J no' } });
  });

  it('can say anything: it never crashes the diagnosis', async () => {
    const seen = fc.oneof(
      fc.constantFrom(honest.reach[0], resolverOf('9.9.9.9'), resolverOf('1.1.1.1')),
      fc.jsonValue(),
      fc.record({
        status: fc.constantFrom('ok', 'failed', 'skipped'),
        reason: fc.record({
          code: fc.constantFrom('refused', 'timed-out', 'x'),
          detail: fc.string({ unit: 'binary' }),
        }),
        facts: fc.jsonValue(),
      }),
    );
    const entry = fc.record({ address: fc.constantFrom(V4, V6, '__proto__'), seen });
    const data = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.record({ protocol: fc.constant(2), reach: fc.array(entry), resolver: fc.array(seen) }),
    );
    await fc.assert(
      fc.asyncProperty(data, fc.boolean(), async (what, hasToken) => {
        const look = (request: HttpRequest) => (hasToken ? signed(what, request) : answered(what));
        await ask({ look });
        await ask({ challenge: answered(what, {}, hasToken ? 200 : 400) });
      }),
      { numRuns: 500 },
    );
  });
});
