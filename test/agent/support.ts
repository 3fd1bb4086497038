import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { agentHandler } from '../../src/agent/handler.ts';
import { deriveKeys, macOfRequest } from '../../src/agent/mac.ts';
import {
  CHALLENGE_PATH,
  HEADER,
  LOOK_PATH,
  type LookRequest,
  refusalSchema,
} from '../../src/agent/protocol.ts';
import { type Answer, answerSchema } from '../../src/model/dns-answer.ts';
import type { TcpOutcome } from '../../src/model/evidence.ts';
import type { Identity } from '../../src/model/identity.ts';
import { http } from '../../src/ports/node/http.ts';
import type { HttpServerReply, HttpServerRequest } from '../../src/ports/node/http-server.ts';
import type { NetworkInterfaceAddress, Ports } from '../../src/ports/ports.ts';
import { fakePorts } from '../probes/fake-ports.ts';

export const TOKEN = 'k7vXq2mB9sTzWc4LhRjN6pYdUe3GaF8K';
export const V4 = '81.2.99.2';
export const V6 = '2a0b:4341:7700::10';

export const REQUEST: LookRequest = {
  addresses: [
    { address: V4, roles: ['a-record'] },
    { address: V6, roles: ['aaaa-record'] },
  ],
  port: 443,
  hint: { protocol: 'tls', name: 'home.example.org', path: '/' },
  resolve: 'home.example.org',
  otherPorts: [],
  traces: [],
};

export const lookAt = (address: string, port = 443): LookRequest => ({
  ...REQUEST,
  addresses: [{ address, roles: ['a-record'] }],
  port,
  resolve: null,
});

const identity = {
  kind: 'tls',
  spkiSha256: 'ab'.repeat(32),
  subject: 'CN=home.example.org',
  issuer: 'CN=Test CA',
  coversName: true,
  trusted: false,
} as const;

export const dnsAnswer = (addresses: readonly string[]): Answer =>
  answerSchema.parse({
    outcome: 'answer',
    rcode: 'NOERROR',
    authoritative: false,
    recursionAvailable: true,
    chain: [],
    addresses: addresses.map((address) => ({ address, ttl: 300 })),
    soa: null,
    ms: 3,
  });

export interface World {
  readonly ports: Ports;
  /** `address port` of every TCP connection and identification, in order. */
  readonly dialled: string[];
  /** Lets this many milliseconds pass. */
  advance(ms: number): void;
}

interface WorldOptions {
  readonly connect?: (address: string) => Promise<TcpOutcome>;
  /** Null for an ordinary TLS server. */
  readonly identify?: (address: string) => Promise<Identity | null>;
  readonly interfaces?: readonly NetworkInterfaceAddress[];
  /** How many times faster than real the sleeps are; 50 unless told. */
  readonly speed?: number;
}

/** A machine that dials nothing in truth (all is in `dialled`) but makes real HTTP requests, with a clock that can be moved. */
export function world(options: WorldOptions = {}): World {
  const dialled: string[] = [];
  let offset = 0;
  const connect = options.connect ?? (async () => ({ outcome: 'connected', ms: 12 }));
  const ports = fakePorts({
    net: {
      connect: async (address, port) => {
        dialled.push(`${address} ${port}`);
        return connect(address);
      },
      identify: async (address, port) => {
        dialled.push(`${address} ${port}`);
        return (await options.identify?.(address)) ?? identity;
      },
      http,
    },
    dns: {
      resolvers: async () => ['9.9.9.9'],
      ask: async ({ type }) => dnsAnswer(type === 'A' ? [V4] : [V6]),
    },
    clock: {
      now: () => new Date(Date.UTC(2026, 0, 1) + offset),
      monotonic: () => performance.now() + offset,
      sleep: (ms, signal) =>
        delay(ms / (options.speed ?? 50), undefined, { ...(signal && { signal }), ref: false }),
    },
    host: { interfaces: () => [...(options.interfaces ?? [])] },
  });
  return {
    ports,
    dialled,
    advance: (ms) => {
      offset += ms;
    },
  };
}

type Headers = Readonly<Record<string, string>>;

export interface Raw {
  readonly method?: string;
  readonly path?: string;
  readonly from?: string;
  readonly headers?: Headers;
  readonly body?: string | Uint8Array | null;
}

/** An agent without a network: requests go to its handler as they would arrive. */
export function handled(the: World = world()) {
  const lines: string[] = [];
  const handle = agentHandler(TOKEN, the.ports, (line) => lines.push(line));
  const send = ({
    method = 'POST',
    path = LOOK_PATH,
    from = '45.83.104.20',
    headers = {},
    body = '',
  }: Raw) => {
    const request: HttpServerRequest = {
      method,
      path,
      remoteAddress: from,
      header: (name) => headers[name] ?? null,
      body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    };
    return handle(request, new AbortController().signal);
  };
  const challenge = async (from?: string): Promise<string> => {
    const reply = await send({ path: CHALLENGE_PATH, ...(from !== undefined && { from }) });
    return JSON.parse(reply.body).challenge;
  };
  const look = async (
    request: LookRequest | string | Uint8Array,
    from?: string,
  ): Promise<HttpServerReply> => {
    const raw = typeof request === 'string' || request instanceof Uint8Array;
    const body = raw ? request : JSON.stringify(request);
    return send({ ...proven(await challenge(from), body), ...(from !== undefined && { from }) });
  };
  return { ...the, lines, send, challenge, look };
}

export const NONCE = 'n'.repeat(32);

/** A look with a proof, by someone who has the token. */
export function proven(challenge: string, body: string | Uint8Array, token = TOKEN) {
  const mac = macOfRequest(deriveKeys(token), { path: LOOK_PATH, challenge, nonce: NONCE, body });
  const headers: Headers = { [HEADER.challenge]: challenge, [HEADER.nonce]: NONCE, [HEADER.mac]: mac };
  return { path: LOOK_PATH, headers, body };
}

/** A refusal is one sentence, and never holds the token. */
export function expectRefusal(reply: HttpServerReply, status: number, sentence: RegExp): void {
  expect(reply.status).toBe(status);
  const refusal = refusalSchema.parse(JSON.parse(reply.body));
  expect(refusal.sentence).toMatch(sentence);
  expect(refusal.sentence).toMatch(/\.$/u);
  expect(JSON.stringify(reply)).not.toContain(TOKEN);
}
