import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LISTENER_LIMITS } from '../../src/agent/limits.ts';
import {
  type HttpServer,
  type HttpServerHandler,
  type HttpServerLimits,
  nodeHttpListener,
} from '../../src/ports/node/http-server.ts';

/** Short times, so that the tests are; their relations are the real ones. */
const LIMITS: HttpServerLimits = {
  ...LISTENER_LIMITS,
  headersMs: 200,
  requestMs: 400,
  idleMs: 500,
  checkMs: 50,
  connections: 6,
  connectionsPerSource: 3,
};

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const echo: HttpServerHandler = async ({ body, method, path }) => ({
  status: body === null ? 413 : 200,
  headers: {},
  body: `${method} ${path} ${body?.length}`,
});

async function listening(handle = echo, sourceOf: (address: string) => string | null = () => null) {
  const server = await nodeHttpListener.listen({ address: '::', port: 0, limits: LIMITS, sourceOf, handle });
  servers.push(server);
  return server.port;
}

function open(port: number, host = '127.0.0.1'): Socket {
  const socket = connect(port, host);
  // A reset is one of the ways in which a server may hang up.
  socket.on('error', () => {});
  return socket;
}

/** Everything that the server says until it hangs up. */
async function answerTo(port: number, text: string, host?: string): Promise<string> {
  const socket = open(port, host);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return answer;
}

const post = (body: string, length = body.length) =>
  `POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n${body}`;

describe('nodeHttpListener', () => {
  it('answers over both families, one request a connection', async () => {
    const port = await listening();
    for (const host of ['127.0.0.1', '::1']) {
      const answer = await answerTo(port, post('hello') + post('again'), host);
      expect(answer).toMatch(/^HTTP\/1.1 200 .*POST \/x 5$/su);
      expect(answer.match(/HTTP\/1.1/gu)).toHaveLength(1);
    }
  });

  it('reads no more than it must', async () => {
    const port = await listening();
    const large = 'x'.repeat(LIMITS.bodyBytes + 1);
    expect(await answerTo(port, post('', 1e9))).toMatch(/^HTTP\/1.1 413/u);
    expect(await answerTo(port, post(large))).toMatch(/^HTTP\/1.1 413/u);
    const chunked = `POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
    expect(await answerTo(port, chunked)).toMatch(/^HTTP\/1.1 413/u);
    const head = `POST /x HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(LIMITS.headerBytes)}\r\n\r\n`;
    expect(await answerTo(port, head)).toMatch(/^HTTP\/1.1 431/u);
  });

  it.each([
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    [
      'a smuggled length',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no host', 'POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n'],
    ['CONNECT', 'CONNECT 10.0.0.1:22 HTTP/1.1\r\nhost: 10.0.0.1:22\r\n\r\n'],
  ])('does nothing for %s', async (_what, text) => {
    const port = await listening(async () => {
      throw new Error('not to be called');
    });
    expect(await answerTo(port, text)).not.toMatch(/^HTTP\/1.1 2/u);
  });

  it('hangs up on those who are slow: with the head, with the body, with nothing at all', async () => {
    const port = await listening();
    const started = performance.now();
    const drip = async (text: string) => {
      const socket = open(port);
      const timer = setInterval(() => socket.write('a'), 50);
      socket.write(text);
      // Without a reader, the end of the stream is never seen.
      socket.resume();
      await once(socket, 'close');
      clearInterval(timer);
    };
    await Promise.all([
      drip('POST / HTTP/1.1\r\nhost: a\r\nx: '),
      drip('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9999\r\n\r\n'),
      answerTo(port, ''),
    ]);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('hangs up on those who never take the answer', async () => {
    const huge = 'x'.repeat(30_000_000);
    const port = await listening(async () => ({ status: 200, headers: {}, body: huge }));
    const socket = open(port);
    socket.pause();
    socket.write(post(''));
    // Node grants further periods while the kernel's buffers still take something.
    await delay(4 * LIMITS.idleMs);
    socket.resume();
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    await once(socket, 'close');
    expect(bytes).toBeLessThan(huge.length);
  });

  it('takes so many connections from one source, and in all', async () => {
    const port = await listening(echo, (address) => address);
    const isOpen = async (socket: Socket): Promise<boolean> => {
      const closed = once(socket, 'close').then(() => false);
      return Promise.race([closed, delay(100).then(() => true)]);
    };
    const fromOne = Array.from({ length: 4 }, () => open(port));
    expect(await Promise.all(fromOne.map(isOpen))).toEqual([true, true, true, false]);
    const others = Array.from({ length: 4 }, () => open(port, '::1'));
    expect(await Promise.all(others.map(isOpen))).toEqual([true, true, true, false]);
    for (const socket of [...fromOne, ...others]) socket.destroy();
    await delay(50);
    expect(await answerTo(port, post('hello'))).toMatch(/^HTTP\/1.1 200/u);
  });

  it('tells the handler when the caller has gone, and survives its rejection', async () => {
    let gone = false;
    const port = await listening(async (_request, signal) => {
      await once(signal, 'abort');
      gone = true;
      throw new Error('nobody there to answer');
    });
    const socket = open(port);
    socket.write(post(''));
    await delay(100);
    socket.destroy();
    await delay(100);
    expect(gone).toBe(true);
  });

  it('closes at once, also while someone is connected', async () => {
    const port = await listening();
    const socket = open(port);
    await once(socket, 'connect');
    const closed = once(socket.resume(), 'close');
    await servers.splice(0)[0]?.close();
    await closed;
    const again = open(port);
    const [error] = await once(again, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
