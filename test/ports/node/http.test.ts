import { createServer, type RequestListener } from 'node:http';
import { createServer as createTls } from 'node:https';
import { describe, expect, it } from 'vitest';
import { reasonSchema } from '../../../src/model/evidence.ts';
import { http } from '../../../src/ports/node/http.ts';
import type { HttpRequest } from '../../../src/ports/ports.ts';
import { makeCertificate } from './certificate.ts';
import { closedPort, listen, never, serve } from './loopback.ts';

async function get(port: number, more: Partial<HttpRequest> & { signal?: AbortSignal } = {}) {
  const { signal = never, ...rest } = more;
  const request = {
    url: `http://127.0.0.1:${port}/ip`,
    method: 'GET',
    headers: {},
    timeoutMs: 500,
    maxBytes: 1000,
  } as const;
  const result = await http({ ...request, ...rest }, signal);
  if (!result.ok) reasonSchema.parse(result.reason);
  return result;
}

const httpServer = (handle: RequestListener) => listen(createServer(handle));

describe('http', () => {
  it('gives status, headers and text', async () => {
    const port = await httpServer((_, response) =>
      response.writeHead(418, { 'x-tea': 'yes' }).end('short and stout'),
    );
    expect(await get(port)).toMatchObject({
      ok: true,
      status: 418,
      headers: { 'x-tea': 'yes' },
      body: 'short and stout',
    });
  });

  it('connects to a given address, and asks for the name', async () => {
    const port = await httpServer((request, response) => response.end(request.headers.host));
    const url = `http://home.example.org:${port}/`;
    expect(await get(port, { url, address: '127.0.0.1' })).toMatchObject({
      ok: true,
      body: `home.example.org:${port}`,
    });
  });

  it('sends what it is given', async () => {
    const port = await httpServer((request, response) => {
      request.setEncoding('utf8').on('data', (text) => {
        response.end(
          [request.method, request.url, request.headers['x-a'], request.headers['user-agent'], text].join(
            ' ',
          ),
        );
      });
    });
    const result = await get(port, { method: 'POST', headers: { 'x-a': 'b' }, body: 'hello' });
    expect(result).toMatchObject({ ok: true, body: 'POST /ip b reach4 hello' });
  });

  it("doesn't follow redirects", async () => {
    const port = await httpServer((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await get(port)).toMatchObject({ ok: true, status: 302 });
  });

  it('goes over the family that it is told', async () => {
    const port = await httpServer((request, response) => response.end(request.socket.remoteAddress));
    const url = `http://localhost:${port}/`;
    expect(await get(port, { url, family: 'ipv4' })).toMatchObject({ ok: true, body: '127.0.0.1' });
    // Some machines call ::1 localhost, where nobody listens, and some don't.
    expect(await get(port, { url, family: 'ipv6' })).toMatchObject({ ok: false });
  });

  it('asks no address over the other family', async () => {
    expect(await get(9, { family: 'ipv6' })).toMatchObject({ ok: false, reason: { code: 'not-applicable' } });
    const six = await get(9, { url: 'http://[::1]:9/', family: 'ipv4' });
    expect(six).toMatchObject({ ok: false, reason: { code: 'not-applicable' } });
  });

  it('takes exactly as much as it is told', async () => {
    const port = await httpServer((_, response) => response.end('x'.repeat(1000)));
    expect(await get(port)).toMatchObject({ ok: true });
    expect(await get(port, { maxBytes: 999 })).toMatchObject({ ok: false, reason: { code: 'too-large' } });
  });

  it('keeps the head of what is too large', async () => {
    const port = await httpServer((_, response) => {
      response.writeHead(404, { 'x-from': 'here' });
      response.end('x'.repeat(1000));
    });
    expect(await get(port, { maxBytes: 999 })).toMatchObject({
      ok: false,
      head: { status: 404, headers: { 'x-from': 'here' } },
    });
  });

  it("doesn't read an endless answer", async () => {
    const port = await httpServer((_, response) => {
      const more = () => response.writable && response.write('x'.repeat(65_536), more);
      more();
    });
    expect(await get(port, { timeoutMs: 5000 })).toMatchObject({ ok: false, reason: { code: 'too-large' } });
  });

  it('ends in time, also where bytes keep coming', async () => {
    const port = await httpServer((_, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const result = await get(port, { timeoutMs: 200 });
    expect(result).toMatchObject({ ok: false, reason: { code: 'timed-out' } });
    expect(result.ms).toBeLessThan(600);
  });

  it('ends when the caller gives up', async () => {
    const port = await serve(() => {});
    const result = await get(port, { timeoutMs: 5000, signal: AbortSignal.timeout(30) });
    expect(result).toMatchObject({ ok: false, reason: { code: 'interrupted' } });
  });

  it('says that nobody listens', async () => {
    expect(await get(await closedPort())).toMatchObject({
      ok: false,
      reason: { code: 'refused', detail: 'ECONNREFUSED' },
    });
  });

  it('says that there is no way there', async () => {
    expect(await get(9, { url: 'http://255.255.255.255:9/' })).toMatchObject({
      reason: { code: 'no-network' },
    });
  });

  it('checks certificates', async () => {
    const port = await listen(createTls(await makeCertificate()));
    expect(await get(port, { url: `https://127.0.0.1:${port}/` })).toMatchObject({
      ok: false,
      reason: { code: 'unauthorised' },
    });
  });

  it.each([
    ['talks something else', (socket) => socket.end('220 mail.example.org\r\n'), 'malformed'],
    [
      'switches protocols',
      (socket) => socket.end('HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'malformed',
    ],
    ['breaks off', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'), 'unreachable'],
    ['hangs up', (socket) => socket.end(), 'unreachable'],
  ] as [string, Parameters<typeof serve>[0], string][])('knows a server that %s', async (_, handle, code) => {
    expect(await get(await serve(handle))).toMatchObject({ ok: false, reason: { code } });
  });

  it('speaks HTTP only', () => {
    expect(() =>
      http({ url: 'ftp://127.0.0.1/', method: 'GET', headers: {}, timeoutMs: 1, maxBytes: 1 }, never),
    ).toThrow(TypeError);
  });
});
