import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonSchema } from '../../../src/model/evidence.ts';
import { http } from '../../../src/ports/node/http.ts';
import { every, never, serve } from './loopback.ts';

/** ms that each request may take, and what a busy machine adds. */
const TIMEOUT = 300;
const IN_TIME = TIMEOUT + 600;
/** Bytes. */
const MOST = 1_024;

/** What becomes of a request: in time, and never more than was asked for. */
async function page(port: number) {
  const request = { url: `http://127.0.0.1:${port}/`, method: 'GET', headers: {} } as const;
  const result = await http({ ...request, timeoutMs: TIMEOUT, maxBytes: MOST }, never);
  expect(result.ms).toBeLessThan(IN_TIME);
  if (!result.ok) reasonSchema.parse(result.reason);
  // Bytes that are no text become a character of three.
  else expect(Buffer.byteLength(result.body)).toBeLessThanOrEqual(3 * MOST);
  return result;
}

const HEAD = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

describe('a hostile web server', () => {
  it.each<[string, RegExp, (socket: Socket) => void]>([
    ['says nothing', /^timed-out$/u, () => {}],
    [
      'drips a header',
      /^timed-out$/u,
      (socket) => {
        socket.write(`${HEAD}x: `);
        every(socket, 20, 'y');
      },
    ],
    [
      'drips its page',
      /^timed-out$/u,
      (socket) => {
        socket.write(`${HEAD}\r\n`);
        every(socket, 20, 'y');
      },
    ],
    [
      'drips chunks',
      /^timed-out$/u,
      (socket) => {
        socket.write(CHUNKED);
        every(socket, 20, '1\r\nx\r\n');
      },
    ],
    ['drips empty lines before its answer', /^timed-out$/u, (socket) => every(socket, 20, '\r\n')],
    [
      'answers before it answers, for ever',
      /^timed-out$/u,
      (socket) => every(socket, 2, 'HTTP/1.1 103 Early\r\n\r\n'.repeat(20)),
    ],
    ['has endless headers', /^malformed$/u, (socket) => socket.write(`${HEAD}${'x: y\r\n'.repeat(9_000)}`)],
    ['has an endless header', /^malformed$/u, (socket) => socket.write(`${HEAD}x: ${'y'.repeat(99_000)}`)],
    [
      'has an endless extension of a chunk',
      /^malformed$/u,
      (socket) => socket.write(`${CHUNKED}1;${'x'.repeat(99_000)}`),
    ],
    [
      'has endless trailers',
      /^malformed$/u,
      (socket) => socket.write(`${CHUNKED}0\r\n${'x: y\r\n'.repeat(9_000)}`),
    ],
    [
      'has two lengths',
      /^malformed$/u,
      (socket) => socket.end(`${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`),
    ],
    [
      'has a length that is none',
      /^malformed$/u,
      (socket) => socket.end(`${HEAD}Content-Length: -1\r\n\r\nx`),
    ],
    [
      'says a huge length, and ends',
      /^unreachable$/u,
      (socket) => socket.end(`${HEAD}Content-Length: 99999999999\r\n\r\nx`),
    ],
    ['sends controls in a header', /^malformed$/u, (socket) => socket.end(`${HEAD}x: \u001b[2J\r\n\r\nx`)],
  ])('%s', async (_, code, handle) => {
    const result = await page(await serve(handle));
    expect(result.ok ? 'ok' : result.reason.code).toMatch(code);
  });

  it('is not believed that a page is packed: nothing is unpacked', async () => {
    const packed = (page: Buffer) =>
      serve((socket) => {
        socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${page.length}\r\n\r\n`);
        socket.end(page);
      });
    const large = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    expect(await page(await packed(large))).toMatchObject({ ok: false, reason: { code: 'too-large' } });
    const small = gzipSync(Buffer.alloc(900 * 1024));
    expect(small.length).toBeLessThan(MOST);
    expect(await page(await packed(small))).toMatchObject({ ok: true });
  });

  it('may send any bytes', async () => {
    let bytes: Uint8Array = new Uint8Array();
    const port = await serve((socket) => socket.end(bytes));
    const piece = fc.constantFrom(HEAD, CHUNKED, '\r\n', '\r\n\r\n', 'x: y\r\n', '1\r\nx\r\n', '0\r\n\r\n');
    const any = fc.oneof(
      piece.map((each) => Buffer.from(each)),
      fc.uint8Array({ maxLength: 20 }),
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 8 }), async (parts) => {
        bytes = Buffer.concat(parts);
        const result = await page(port);
        seen.add(result.ok ? 'ok' : result.reason.code);
      }),
      { numRuns: 150 },
    );
    // Both are among them: what can be read, and what can't.
    expect(seen).toContain('ok');
    expect(seen).toContain('malformed');
  });
});
