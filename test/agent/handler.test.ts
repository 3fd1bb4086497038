import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANSWER_BYTES, DIALS_AT_ONCE, EVIDENCE_BYTES, UNPROVEN_PER_MINUTE } from '../../src/agent/limits.ts';
import { deriveKeys, macOfAnswer } from '../../src/agent/mac.ts';
import { CHALLENGE_PATH, HEADER, LOOK_PATH, lookAnswerSchema } from '../../src/agent/protocol.ts';
import { expectRefusal, handled, lookAt, NONCE, proven, REQUEST, TOKEN, V4, V6, world } from './support.ts';

const BODY = JSON.stringify(REQUEST);

const MINUTE_MS = 60_000;

describe('a look', () => {
  it('is answered to whoever proves to have the token, with a signature', async () => {
    const agent = handled();
    const challenge = await agent.challenge();
    const reply = await agent.send(proven(challenge, BODY));
    expect(reply.status).toBe(200);
    const signed = { path: LOOK_PATH, challenge, nonce: NONCE, body: reply.body };
    expect(reply.headers[HEADER.mac]).toBe(macOfAnswer(deriveKeys(TOKEN), signed));
    const { reach, resolver } = lookAnswerSchema.parse(JSON.parse(reply.body));
    expect(reach.map(({ address, seen }) => [address, seen.status])).toEqual([
      [V4, 'ok'],
      [V6, 'ok'],
    ]);
    expect(resolver).toMatchObject([{ status: 'ok', facts: { server: '9.9.9.9' } }]);
    expect(new Set(agent.dialled)).toEqual(new Set([`${V4} 443`, `${V6} 443`]));
  });

  it('leaves one line in the log', async () => {
    const agent = handled();
    await agent.look(REQUEST);
    expect(agent.lines).toEqual([
      `2026-01-01T00:00:00.000Z 45.83.104.20 looks at ${V4} port 443: connected; ${V6} port 443: connected; ` +
        'home.example.org asked of 1 resolvers',
    ]);
  });

  it('never dials what is refused, and says why, address by address', async () => {
    const agent = handled(
      world({ interfaces: [{ interface: 'eth0', address: '45.83.104.20', prefixLength: 32 }] }),
    );
    const addresses = ['10.0.0.1', '169.254.169.254', '::ffff:10.0.0.1', '45.83.104.20', 'localhost', V4];
    const request = {
      ...REQUEST,
      addresses: addresses.map((address) => ({ address, roles: ['literal' as const] })),
    };
    const { reach } = lookAnswerSchema.parse(JSON.parse((await agent.look(request)).body));
    for (const [index, { address, seen }] of reach.entries()) {
      expect(address).toBe(addresses[index]);
      if (address === V4) expect(seen.status).toBe('ok');
      else expect(seen).toMatchObject({ status: 'failed', reason: { code: 'refused' } });
    }
    expect(new Set(agent.dialled)).toEqual(new Set([`${V4} 443`]));
  });

  it('ends in time where nothing ever answers', async () => {
    const agent = handled(world({ connect: () => new Promise(() => {}), speed: 200 }));
    const { reach } = lookAnswerSchema.parse(JSON.parse((await agent.look(REQUEST)).body));
    expect(reach.map(({ seen }) => seen)).toMatchObject([
      { status: 'failed', reason: { code: 'timed-out' } },
      { status: 'failed', reason: { code: 'timed-out' } },
    ]);
  });

  it('leaves no room for what a server says without end', async () => {
    const identity = { kind: 'banner', text: 'x'.repeat(ANSWER_BYTES), sha256: 'a'.repeat(64) } as const;
    const agent = handled(world({ identify: async (address) => (address === V4 ? identity : null) }));
    const { body } = await agent.look(REQUEST);
    expect(body.length).toBeLessThan(EVIDENCE_BYTES);
    expect(lookAnswerSchema.parse(JSON.parse(body)).reach).toMatchObject([
      { address: V4, seen: { status: 'failed', reason: { code: 'too-large' } } },
      { address: V6, seen: { status: 'ok' } },
    ]);
  });

  it('gives back its place when it has ended, however it did', async () => {
    const agent = handled(
      world({
        connect: async (address) =>
          address === V4 ? { outcome: 'connected', ms: 1 } : Promise.reject(new Error('a bug')),
      }),
    );
    for (let count = 0; count < DIALS_AT_ONCE; count += 1) {
      agent.advance(MINUTE_MS);
      expect((await agent.look(lookAt(V4))).status).toBe(200);
      expect((await agent.look(lookAt(V6))).status).toBe(500);
    }
  });

  it('that hits a bug is answered, logged and over', async () => {
    const agent = handled(world({ connect: () => Promise.reject(new Error('a bug\nin two lines')) }));
    expectRefusal(await agent.look(REQUEST), 500, /bug/u);
    expect(agent.lines).toHaveLength(1);
    expect(agent.lines[0]).toMatch(/^[^\n]*bug: Error: a bug in two lines/u);
  });
});

describe('what is no look', () => {
  it.each([
    ['no JSON', '{', /JSON/u],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /JSON/u],
    ['nothing asked', JSON.stringify({ ...REQUEST, addresses: [], resolve: null }), /nothing is asked/u],
    [
      'nine addresses',
      JSON.stringify({ ...REQUEST, addresses: Array(9).fill(REQUEST.addresses[0]) }),
      /look/u,
    ],
    [
      'an address twice',
      JSON.stringify({ ...REQUEST, addresses: Array(2).fill(REQUEST.addresses[0]) }),
      /twice/u,
    ],
    ['port 0', JSON.stringify({ ...REQUEST, port: 0 }), /port/u],
    [
      'a second header',
      JSON.stringify({ ...REQUEST, hint: { ...REQUEST.hint, path: '/ HTTP/1.1\r\nX: y' } }),
      /path/u,
    ],
    ['a local name', JSON.stringify({ ...REQUEST, resolve: 'printer.local' }), /resolve/u],
    ['a name without a dot', JSON.stringify({ ...REQUEST, resolve: 'db' }), /resolve/u],
    ['an address as name', JSON.stringify({ ...REQUEST, resolve: '10.0.0.1' }), /resolve/u],
    ['an unknown question', JSON.stringify({ ...REQUEST, exec: 'id' }), /look/u],
  ])('is refused: %s', async (_what, body, sentence) => {
    const agent = handled();
    expectRefusal(await agent.look(body), 400, sentence);
    expect(agent.dialled).toEqual([]);
  });

  it('is refused: too large, another path, another method, another version', async () => {
    const agent = handled();
    expectRefusal(await agent.send({ body: null }), 413, /too large/u);
    expectRefusal(await agent.send({ path: '/' }), 404, /protocol 2/u);
    expectRefusal(await agent.send({ path: '/v1/look' }), 404, /protocol 2/u);
    expectRefusal(await agent.send({ method: 'GET', path: CHALLENGE_PATH }), 404, /POST/u);
    const newer = { path: CHALLENGE_PATH, headers: { [HEADER.protocol]: '3' } };
    expectRefusal(await agent.send(newer), 400, /speaks protocol 2/u);
  });
});

describe('strangers', () => {
  it('are counted, IPv6 by /64, and told when to come back', async () => {
    const agent = handled();
    for (let count = 0; count < UNPROVEN_PER_MINUTE; count += 1) {
      expect((await agent.send({ from: `2a0e:1::${count.toString(16)}` })).status).toBe(401);
    }
    const reply = await agent.send({ path: CHALLENGE_PATH, from: '2a0e:1::ffff' });
    expectRefusal(reply, 429, /Too many/u);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await agent.send({ from: '2a0e:1:0:1::1' })).status).toBe(401);
    agent.advance(61_000);
    expect((await agent.send({ from: '2a0e:1::1' })).status).toBe(401);
  });

  it('who are many leave the owner alone and the log small', async () => {
    const agent = handled();
    for (let index = 0; index < 5_000; index += 1) {
      await agent.send({ path: CHALLENGE_PATH, from: `45.${index >> 8}.${index & 255}.1` });
      await agent.send({ from: `46.${index >> 8}.${index & 255}.1` });
    }
    expect((await agent.look(lookAt(V4))).status).toBe(200);
    expect(agent.lines.length).toBeLessThan(30);
  });

  it('can send what they like', async () => {
    const agent = handled();
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(NONCE, 'A'.repeat(43)));
    const request = fc.record({
      method: fc.oneof(fc.constant('POST'), text),
      path: fc.oneof(fc.constantFrom(LOOK_PATH, CHALLENGE_PATH), text),
      from: fc.oneof(fc.constant('127.0.0.1'), fc.ipV4()),
      headers: fc.dictionary(fc.oneof(fc.constantFrom(...Object.values(HEADER)), text), text),
      body: fc.oneof(text, fc.uint8Array(), fc.constant(null)),
    });
    await fc.assert(
      fc.asyncProperty(request, async (raw) => {
        const reply = await agent.send(raw);
        expect(reply.status).toBeLessThan(500);
        JSON.parse(reply.body);
      }),
      { numRuns: 1000 },
    );
    expect(agent.dialled).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
    for (const line of agent.lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
  });
});

it('bodies of those who have the token can be anything as well', async () => {
  const agent = handled();
  const almost = fc.record(
    {
      addresses: fc.array(
        fc.record({ address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), roles: fc.constant(['literal']) }),
        { maxLength: 10 },
      ),
      port: fc.oneof(fc.nat(70_000), fc.float()),
      hint: fc.record({
        protocol: fc.constantFrom('tls', 'http', 'ssh', 'tcp', 'udp'),
        name: fc.option(fc.domain()),
        path: fc.webPath(),
      }),
      resolve: fc.option(fc.oneof(fc.domain(), fc.string())),
    },
    { requiredKeys: ['addresses', 'port'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(almost, fc.jsonValue()), async (data) => {
      agent.advance(3_600_000);
      const reply = await agent.look(JSON.stringify(data));
      expect([200, 400]).toContain(reply.status);
      if (reply.status === 200) lookAnswerSchema.parse(JSON.parse(reply.body));
    }),
    { numRuns: 200 },
  );
});
