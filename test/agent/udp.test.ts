import { describe, expect, it } from 'vitest';
import { lookFromOutside } from '../../src/agent/client.ts';
import { asking } from '../../src/agent/guarded-ports.ts';
import { deriveKeys, macOfAnswer } from '../../src/agent/mac.ts';
import {
  CHALLENGE_PATH,
  HEADER,
  LOOK_PATH,
  type LookRequest,
  lookAnswerSchema,
  PROTOCOL,
} from '../../src/agent/protocol.ts';
import type { Evidence, UdpReachFacts } from '../../src/model/evidence.ts';
import type { HttpRequest, HttpResult, UdpQuestion } from '../../src/ports/ports.ts';
import { fakePorts } from '../probes/fake-ports.ts';
import { expectRefusal, handled, REQUEST, TOKEN, V4, V6, world } from './support.ts';

const signal = new AbortController().signal;

const ASK: LookRequest = {
  ...REQUEST,
  addresses: [],
  port: 51_820,
  hint: { protocol: 'tcp', name: 'home.example.org', path: '/' },
  resolve: null,
  udp: {
    protocol: 'wireguard',
    addresses: [
      { address: V4, roles: ['a-record'] },
      { address: V6, roles: ['aaaa-record'] },
    ],
  },
};

/** An agent whose datagrams are recorded, and go nowhere. */
function withUdp() {
  const the = world();
  const sent: UdpQuestion[] = [];
  const net = {
    ...the.ports.net,
    udp: async (question: UdpQuestion) => {
      sent.push(question);
      return {
        ok: false,
        reason: { code: 'timed-out' },
        localPort: 40_000 + sent.length,
        ms: 3_000,
      } as const;
    },
  };
  return { ...the, ports: { ...the.ports, net }, sent };
}

describe('an agent that is asked over UDP', () => {
  it('sends what the protocol says, to the addresses asked, and tells from which ports', async () => {
    const the = withUdp();
    const agent = handled(the);
    const reply = await agent.look(ASK);
    expect(reply.status).toBe(200);
    const { reach, udp } = lookAnswerSchema.parse(JSON.parse(reply.body));
    expect(reach).toEqual([]);
    expect(udp.map(({ address }) => address)).toEqual([V4, V6]);
    expect(udp[0]?.seen).toMatchObject({ status: 'ok', facts: { protocol: 'wireguard', identity: null } });
    expect(the.sent).toHaveLength(6);
    expect(new Set(the.sent.map(({ payload }) => payload.length))).toEqual(new Set([148]));
    expect(the.sent.every(({ onlyFromPeer, to }) => onlyFromPeer && to.port === 51_820)).toBe(true);
    expect(the.dialled).toEqual([]);
    expect(agent.lines.join()).toContain(`${V4} UDP port 51820: silent`);
  });

  it('sends nothing to addresses that it may not dial', async () => {
    const the = withUdp();
    const asked = ['192.168.1.1', '169.254.169.254', '::1'].map((address) => ({
      address,
      roles: ['a-record' as const],
    }));
    const reply = await handled(the).look({ ...ASK, udp: { protocol: 'quic', addresses: asked } });
    const { udp } = lookAnswerSchema.parse(JSON.parse(reply.body));
    expect(udp.map(({ seen }) => seen.status === 'failed' && seen.reason.code)).toEqual(
      asked.map(() => 'refused'),
    );
    expect(the.sent).toEqual([]);
  });

  it.each<[string, object]>([
    ['a payload of the client', { ...ASK.udp, payload: 'AAAA' }],
    ['an unknown protocol', { ...ASK.udp, protocol: 'ntp' }],
    ['no address', { ...ASK.udp, addresses: [] }],
    [
      'too many addresses',
      {
        ...ASK.udp,
        addresses: Array.from({ length: 9 }, (_, i) => ({ address: `81.2.99.${i}`, roles: ['a-record'] })),
      },
    ],
  ])('takes no request with %s', async (_, udp) => {
    const the = withUdp();
    expectRefusal(await handled(the).look(JSON.stringify({ ...ASK, udp })), 400, /isn't a look/u);
    expect(the.sent).toEqual([]);
  });

  it('gives so many looks at one destination and no more', async () => {
    const the = withUdp();
    const agent = handled(the);
    const statuses: number[] = [];
    for (let tries = 0; tries < 25; tries += 1) statuses.push((await agent.look(ASK)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
  });

  const QUESTION: UdpQuestion = {
    to: { address: V4, port: 53 },
    payload: new Uint8Array(1200),
    timeoutMs: 1,
    repeatAfterMs: [1, 2],
    maxReplies: 1,
    maxBytes: 1,
    onlyFromPeer: true,
  };

  it.each<[string, Partial<UdpQuestion>]>([
    ['another address', { to: { address: V6, port: 53 } }],
    ['another port', { to: { address: V4, port: 123 } }],
    ['answers from anybody', { onlyFromPeer: false }],
    ['a longer datagram', { payload: new Uint8Array(1201) }],
    ['more datagrams', { repeatAfterMs: [1, 2, 3] }],
  ])('has a second lock: %s', async (_, stray) => {
    const { ports, sent } = withUdp();
    const guarded = asking(ports, { address: V4, port: 53 });
    await expect(guarded.net.udp({ ...QUESTION, ...stray }, signal)).rejects.toThrow(/nobody asked for/u);
    await expect(guarded.net.connect(V4, 53, 1, signal)).rejects.toThrow(/nobody asked for/u);
    expect(sent).toEqual([]);
    await guarded.net.udp(QUESTION, signal);
    expect(sent).toHaveLength(1);
  });
});

const FACTS: UdpReachFacts = {
  family: 'ipv4',
  address: V4,
  port: 51_820,
  roles: ['literal'],
  protocol: 'wireguard',
  attempts: [{ outcome: 'refused', code: 'ECONNREFUSED', ms: 9 }],
  identity: null,
};

/** What the client makes of an agent's answer, or of its refusal. */
async function told(udp: unknown, refusal?: string): Promise<Evidence[]> {
  const reply = (body: string, headers = {}): HttpResult => ({ ok: true, status: 200, headers, body, ms: 1 });
  const http = async ({ headers, url }: HttpRequest): Promise<HttpResult> => {
    if (url.endsWith(CHALLENGE_PATH))
      return reply(JSON.stringify({ protocol: PROTOCOL, challenge: 'c'.repeat(32) }));
    if (refusal !== undefined) {
      const body = JSON.stringify({ protocol: PROTOCOL, error: 'malformed', sentence: refusal });
      return { ok: true, status: 400, headers: {}, body, ms: 1 };
    }
    const answer = {
      protocol: PROTOCOL,
      reach: [],
      resolver: [],
      otherPorts: [],
      traces: [],
      ...(udp === undefined ? {} : { udp }),
    };
    const body = JSON.stringify(answer);
    const nonces = { challenge: headers[HEADER.challenge] ?? '', nonce: headers[HEADER.nonce] ?? '' };
    return reply(body, {
      [HEADER.mac]: macOfAnswer(deriveKeys(TOKEN), { path: LOOK_PATH, ...nonces, body }),
    });
  };
  const request = {
    ...ASK,
    udp: { protocol: 'wireguard' as const, addresses: [{ address: V4, roles: ['a-record' as const] }] },
  };
  const { clock } = world().ports;
  const look = { url: 'http://vps.example.net:4460', token: TOKEN, label: 'outside-1', request };
  return lookFromOutside(look, fakePorts({ net: { http }, clock }), signal);
}

describe('what the client takes from an agent', () => {
  it('what was asked, with the roles of here', async () => {
    expect(await told([{ address: V4, seen: { status: 'ok', facts: FACTS } }])).toMatchObject([
      {
        id: `udp-reach:outside-1:${V4}`,
        vantage: 'outside',
        status: 'ok',
        how: `sudo nmap -sU -Pn -p 51820 ${V4}`,
        facts: { roles: ['a-record'], attempts: FACTS.attempts },
      },
    ]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    [
      'another address',
      [{ address: V6, seen: { status: 'ok', facts: { ...FACTS, address: V6, family: 'ipv6' } } }],
    ],
    [
      'facts of another address',
      [{ address: V4, seen: { status: 'ok', facts: { ...FACTS, address: V6, family: 'ipv6' } } }],
    ],
    ['another port', [{ address: V4, seen: { status: 'ok', facts: { ...FACTS, port: 53 } } }]],
    ['another protocol', [{ address: V4, seen: { status: 'ok', facts: { ...FACTS, protocol: 'dns' } } }]],
    ['one address twice', [1, 2].map(() => ({ address: V4, seen: { status: 'ok', facts: FACTS } }))],
    [
      'who answered, where nobody did',
      [
        {
          address: V4,
          seen: {
            status: 'ok',
            facts: {
              ...FACTS,
              identity: { kind: 'datagram', protocol: 'wireguard', says: '', unique: null },
            },
          },
        },
      ],
    ],
    [
      'more attempts than there can be',
      [
        {
          address: V4,
          seen: {
            status: 'ok',
            facts: { ...FACTS, attempts: Array.from({ length: 65 }, () => ({ outcome: 'silent', ms: 1 })) },
          },
        },
      ],
    ],
  ])('but not %s', async (_, udp) => {
    expect(await told(udp)).toMatchObject([{ status: 'failed', reason: { code: 'malformed' } }]);
  });

  it('that an older one knows no question over UDP is told as that', async () => {
    const older = `The request isn't a look at 1 to 8 addresses (: Unrecognized key: "udp").`;
    expect(await told(undefined, older)).toMatchObject([
      {
        status: 'failed',
        reason: { code: 'unsupported', detail: expect.stringMatching(/same version of reach4/u) },
      },
    ]);
  });
});
