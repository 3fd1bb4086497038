import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budget } from '../../src/agent/budget.ts';
import { lookFromOutside } from '../../src/agent/client.ts';
import { tracing } from '../../src/agent/guarded-ports.ts';
import { PORTS_PER_DESTINATION_PER_HOUR } from '../../src/agent/limits.ts';
import { deriveKeys, macOfAnswer } from '../../src/agent/mac.ts';
import { HEADER, LOOK_PATH, type LookRequest, lookAnswerSchema, PROTOCOL } from '../../src/agent/protocol.ts';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import type { Exec, HttpRequest, HttpResult } from '../../src/ports/ports.ts';
import { expectRefusal, handled, REQUEST, TOKEN, V4, V6, world } from './support.ts';

const signal = new AbortController().signal;

/** Other ports and ways, and nothing else. */
const WIDER: LookRequest = {
  ...REQUEST,
  addresses: [],
  resolve: null,
  otherPorts: [{ address: V4, port: 8443 }],
  traces: [
    { address: V4, port: 443, method: 'tcp' },
    { address: V4, port: null, method: 'udp' },
  ],
};

/** A machine whose programs are recorded, and are not installed. */
function withPrograms() {
  const the = world();
  const ran: string[] = [];
  const exec: Exec = {
    run: async (file, args) => {
      ran.push([file, ...args].join(' '));
      return null;
    },
    watch: async () => null,
  };
  return { ...the, ports: { ...the.ports, exec }, ran };
}

describe('other ports and ways', () => {
  it('are looked at, and a missing tool is an answer', async () => {
    const the = withPrograms();
    const agent = handled(the);
    const reply = await agent.look(WIDER);
    expect(reply.status).toBe(200);
    const { otherPorts, traces } = lookAnswerSchema.parse(JSON.parse(reply.body));
    expect(otherPorts).toMatchObject([{ status: 'ok', facts: { port: 8443, roles: ['differential'] } }]);
    expect(traces).toMatchObject([
      { status: 'failed', reason: { code: 'no-tool' } },
      { status: 'failed', reason: { code: 'no-tool' } },
    ]);
    expect(new Set(the.dialled)).toEqual(new Set([`${V4} 8443`]));
    expect(the.ran.length).toBeGreaterThan(0);
    expect(agent.lines.join()).toContain(`${V4} port 8443: connected; way to ${V4} port 443 by tcp: no-tool`);
  });

  it.each([
    [
      'a way that nobody needs is called off',
      'connected',
      { status: 'skipped', reason: { code: 'not-applicable' } },
    ],
    ['a way to what is dead is waited for', 'timed-out', { status: 'failed', reason: { code: 'timed-out' } }],
  ] as const)('%s', async (_, outcome, expected) => {
    const the = world({ connect: async () => ({ outcome, ms: 1 }), speed: 200 });
    const exec: Exec = {
      // Never ends by itself, as a trace with silent hops hardly does.
      run: (_file, _args, { signal: stop }) =>
        new Promise((resolve) => {
          stop.addEventListener('abort', () => resolve({ exitCode: 124, stdout: '', stderr: '' }));
        }),
      watch: async () => null,
    };
    const agent = handled({ ...the, ports: { ...the.ports, exec } });
    const reply = await agent.look({ ...REQUEST, traces: WIDER.traces });
    expect(lookAnswerSchema.parse(JSON.parse(reply.body)).traces).toMatchObject([expected, expected]);
  });

  it.each(['10.0.0.1', '169.254.169.254', 'localhost', '::ffff:10.0.0.1', '--help', '-T', '2130706433'])(
    'of %s are refused, before anything runs',
    async (address) => {
      const the = withPrograms();
      const request = {
        ...WIDER,
        otherPorts: [{ address, port: 80 }],
        traces: [{ ...WIDER.traces[0], address }],
      };
      const reply = await handled(the).look(JSON.stringify(request));
      expect(lookAnswerSchema.parse(JSON.parse(reply.body))).toMatchObject({
        otherPorts: [{ status: 'failed', reason: { code: 'refused' } }],
        traces: [{ status: 'failed', reason: { code: 'refused' } }],
      });
      expect([...the.dialled, ...the.ran]).toEqual([]);
    },
  );

  const [trace] = WIDER.traces;
  it.each<[string, object, RegExp]>([
    ['five ports', { otherPorts: [1, 2, 3, 4, 5].map((port) => ({ address: V4, port })) }, /otherPorts/u],
    ['a port twice', { otherPorts: Array(2).fill({ address: V4, port: 80 }) }, /twice/u],
    ['port 0', { otherPorts: [{ address: V4, port: 0 }] }, /otherPorts/u],
    ['seven ways', { traces: [1, 2, 3, 4, 5, 6, 7].map((port) => ({ ...trace, port })) }, /traces/u],
    ['a way twice', { traces: [trace, trace] }, /twice/u],
    ['an invented method', { traces: [{ ...trace, method: 'exec' }] }, /traces/u],
    ['an address with a space', { traces: [{ ...trace, address: `${V4} -w 9` }] }, /traces/u],
    ['an option', { traces: [{ ...trace, options: '-T' }] }, /traces/u],
  ])('are no look: %s', async (_, more, sentence) => {
    const the = withPrograms();
    expectRefusal(await handled(the).look(JSON.stringify({ ...WIDER, ...more })), 400, sentence);
    expect([...the.dialled, ...the.ran]).toEqual([]);
  });

  it('a probe that goes astray runs nothing', async () => {
    const { ports, ran, dialled } = withPrograms();
    const guarded = tracing(ports, V4);
    const options = { timeoutMs: 1, signal };
    await expect(guarded.exec.run('traceroute', ['-n', V6], options)).rejects.toThrow(/nobody asked for/u);
    await expect(guarded.exec.run('/bin/sh', ['-c', 'id'], options)).rejects.toThrow(/nobody asked for/u);
    await expect(guarded.net.connect(V4, 443, 1, signal)).rejects.toThrow(/nobody asked for/u);
    expect([...ran, ...dialled]).toEqual([]);
    await guarded.exec.run('traceroute', ['-n', V4], options);
    expect(ran).toEqual([`traceroute -n ${V4}`]);
  });
});

it('the budget counts every port and way', () => {
  const spent = budget(() => 0);
  const dials = Array.from({ length: PORTS_PER_DESTINATION_PER_HOUR - 1 }, (_, index) => ({
    address: V4,
    port: index + 1,
  }));
  const first = spent.grant([...dials, { address: V4, port: null }]);
  expect(first.ok).toBe(true);
  if (first.ok) first.release();
  expect(spent.grant([{ address: V4, port: 9_999 }])).toMatchObject({
    ok: false,
    sentence: expect.stringMatching(/ports/u),
  });
  expect(spent.grant([{ address: V4, port: null }]).ok).toBe(true);
});

/** What the client makes of an agent that has the token and says this. */
async function told(answer: unknown): Promise<Evidence[]> {
  const { ports } = world();
  const http = async ({ url, headers }: HttpRequest): Promise<HttpResult> => {
    const challenge = 'c'.repeat(40);
    if (!url.endsWith(LOOK_PATH)) {
      return {
        ok: true,
        status: 200,
        headers: {},
        body: JSON.stringify({ protocol: PROTOCOL, challenge }),
        ms: 1,
      };
    }
    const body = JSON.stringify(answer) ?? '';
    const nonces = { challenge, nonce: headers[HEADER.nonce] ?? '' };
    const mac = macOfAnswer(deriveKeys(TOKEN), { path: LOOK_PATH, ...nonces, body });
    return { ok: true, status: 200, headers: { [HEADER.mac]: mac }, body, ms: 1 };
  };
  const look = { url: 'http://agent.example.net:4460', token: TOKEN, request: WIDER, label: 'a' };
  const evidence = await lookFromOutside(look, { ...ports, net: { ...ports.net, http } }, signal);
  for (const item of evidence) evidenceSchema.parse(item);
  expect(evidence.map(({ id }) => id)).toEqual([
    `reach:a:${V4}-8443`,
    `trace:a:tcp-${V4}-443`,
    `trace:a:udp-${V4}`,
  ]);
  return evidence;
}

const port = (facts: object = {}) => ({
  status: 'ok',
  facts: {
    family: 'ipv4',
    address: V4,
    port: 8443,
    roles: ['own'],
    attempts: [{ outcome: 'connected', ms: 1 }],
    identity: null,
    ...facts,
  },
});
const hop = (ttl: number, address: string | null) => ({ ttl, address, ms: 1, note: null });
const way = (facts: object = {}) => ({
  status: 'ok',
  facts: {
    family: 'ipv4',
    address: V4,
    port: 443,
    method: 'tcp',
    tool: 'traceroute',
    hops: [hop(1, '62.115.0.1'), hop(2, null), hop(3, V4)],
    reached: true,
    ...facts,
  },
});
const udp = way({ method: 'udp', port: null });
const answer = (otherPorts: unknown[], traces: unknown[]) => ({
  protocol: PROTOCOL,
  reach: [],
  resolver: [],
  otherPorts,
  traces,
});
const codes = async (data: unknown) =>
  (await told(data)).map((item) => (item.status === 'ok' ? 'ok' : item.reason.code));

describe('what an agent says of them', () => {
  it('is evidence, with roles and commands made here', async () => {
    const [reached, traced] = await told(answer([port()], [way(), udp]));
    expect(reached).toMatchObject({ status: 'ok', vantage: 'outside', facts: { roles: ['differential'] } });
    expect(traced).toMatchObject({
      status: 'ok',
      how: `traceroute -n -T -p 443 ${V4}`,
      facts: { reached: true },
    });
  });

  it.each<[string, unknown[], unknown[], string[]]>([
    ['nothing', [], [], ['malformed', 'malformed', 'malformed']],
    ['another port', [port({ port: 80 })], [way(), udp], ['malformed', 'ok', 'ok']],
    ['another address', [port({ address: V6, family: 'ipv6' })], [way(), udp], ['malformed', 'ok', 'ok']],
    ['another order', [port()], [udp, way()], ['ok', 'malformed', 'malformed']],
    ['a way elsewhere', [port()], [way({ address: '1.1.1.1' }), udp], ['ok', 'malformed', 'ok']],
    ['a hop twice', [port()], [way({ hops: [hop(1, V4), hop(1, V4)] }), udp], ['ok', 'malformed', 'ok']],
    ['a hop of another family', [port()], [way({ hops: [hop(1, V6)] }), udp], ['ok', 'malformed', 'ok']],
    ['an endless tool', [port()], [way({ tool: 'x'.repeat(9_000) }), udp], ['ok', 'malformed', 'ok']],
    ['a hop 65', [port()], [way({ hops: [hop(65, V4)] }), udp], ['malformed', 'malformed', 'malformed']],
    ['seven ways', [port()], Array(7).fill(way()), ['malformed', 'malformed', 'malformed']],
  ])('counts only for what was asked: %s', async (_, otherPorts, traces, expected) => {
    expect(await codes(answer(otherPorts, traces))).toEqual(expected);
  });

  it("can't write on the terminal", async () => {
    const noted = way({ tool: 'trace\u001b[2Jroute', hops: [{ ...hop(1, V4), note: '!\u202eX' }] });
    const [, traced] = await told(answer([port()], [noted, udp]));
    expect(JSON.stringify(traced)).not.toMatch(/u001b|u202e|\u202e/u);
  });

  it('can be anything', async () => {
    const some = fc.oneof(fc.constantFrom<unknown>(port(), way(), udp), fc.jsonValue());
    const data = fc.oneof(
      fc.jsonValue(),
      fc.tuple(fc.array(some), fc.array(some)).map(([others, ways]) => answer(others, ways)),
    );
    await fc.assert(
      fc.asyncProperty(data, async (what) => void (await told(what))),
      { numRuns: 300 },
    );
  });
});
