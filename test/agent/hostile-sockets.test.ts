import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { lookFromOutside } from '../../src/agent/client.ts';
import { CHALLENGE_PATH, PROTOCOL } from '../../src/agent/protocol.ts';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { listen } from '../ports/node/loopback.ts';
import { REQUEST, TOKEN } from './support.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Asks an agent that behaves so, on loopback, and gives up after half a second. */
async function ask(handle: Handle) {
  const port = await listen(createServer(handle));
  const started = performance.now();
  const evidence = await lookFromOutside(
    { url: `http://127.0.0.1:${port}`, token: TOKEN, request: REQUEST, label: 'outside-1' },
    nodePorts(),
    AbortSignal.timeout(500),
  );
  expect(performance.now() - started).toBeLessThan(1_500);
  expect(evidence).toHaveLength(3);
  for (const item of evidence) {
    evidenceSchema.parse(item);
    expect(item.status).toBe('failed');
    expect(JSON.stringify(item)).not.toMatch(/\\u00|[\p{Cc}\p{Cf}]/u);
  }
  const [first] = evidence;
  return first?.status === 'failed' ? first.reason.code : null;
}

/** As `handle` says, once the challenge was given. */
const afterChallenge =
  (handle: Handle): Handle =>
  (request, response) => {
    if (request.url !== CHALLENGE_PATH) return handle(request, response);
    response.end(JSON.stringify({ protocol: PROTOCOL, challenge: 'c'.repeat(40) }));
  };

const drip: Handle = (_, response) => {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};
const flood: Handle = (_, response) => {
  const more = () => {
    if (response.writable) response.write('x'.repeat(65_536), () => setImmediate(more));
  };
  more();
};
const refuse: Handle = (_, response) => {
  const sentence = '\u001b[2J\u009b31m\u202e'.repeat(100);
  response.writeHead(401).end(JSON.stringify({ protocol: PROTOCOL, error: 'unauthorised', sentence }));
};

describe.each<[string, (handle: Handle) => Handle]>([
  ['the challenge', (handle) => handle],
  ['the look', afterChallenge],
])('a hostile agent, asked for %s', (_, at) => {
  it.each<[string, string, Handle]>([
    ['says nothing', 'interrupted', () => {}],
    ['drips', 'interrupted', drip],
    ['never stops', 'too-large', flood],
    ['breaks off', 'unreachable', (__, response) => response.destroy()],
    ['says half of it', 'malformed', (__, response) => response.end('{"protocol": 2, "chal')],
    ['nests without end', 'malformed', (__, response) => response.end('['.repeat(4_000))],
    ['writes on the terminal', 'unauthorised', refuse],
  ])('%s: %s', async (__, code, handle) => {
    expect(await ask(at(handle))).toBe(code);
  });

  it('sends nobody elsewhere', async () => {
    let elsewhere = 0;
    const other = await listen(
      createServer((__, response) => {
        elsewhere += 1;
        response.end();
      }),
    );
    const location = `http://127.0.0.1:${other}/`;
    const redirect: Handle = (__, response) => response.writeHead(307, { location }).end();
    expect(await ask(at(redirect))).toBe('malformed');
    expect(elsewhere).toBe(0);
  });
});
