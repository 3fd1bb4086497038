import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { identitySchema } from '../../../src/model/identity.ts';
import { identify } from '../../../src/ports/node/identify.ts';
import { listen, serve, within } from './loopback.ts';

const HINT = { protocol: 'http', name: 'home.example.org', path: '/' } as const;

async function identity(port: number, hint: Parameters<typeof identify>[2] = HINT, timeoutMs = 500) {
  return identitySchema.parse(await identify('127.0.0.1', port, hint, within(timeoutMs)));
}

const httpServer = (handle: RequestListener) => listen(createServer(handle));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('HTTP', () => {
  it('describes the page', async () => {
    const page = '<html><head><title lang="en">\n  My &amp; home\u0007 </title>';
    const port = await httpServer((_, response) => {
      response.setHeader('server', 'nginx');
      response.end(page);
    });
    expect(await identity(port)).toEqual({
      kind: 'http',
      status: 200,
      server: 'nginx',
      location: null,
      title: 'My &amp; home',
      bodySha256: sha256(page),
    });
  });

  it.each([
    ['home.example.org', '/', 'home.example.org:PORT', '/'],
    [null, '/a?b=c', '127.0.0.1:PORT', '/a?b=c'],
    ['home.example.org', '//x/ä b', 'home.example.org:PORT', '//x/%C3%A4%20b'],
  ])('asks %s for %s', async (name, path, host, url) => {
    const asked: unknown[] = [];
    const port = await httpServer((request, response) => {
      asked.push([request.headers.host, request.url, request.headers['user-agent']]);
      response.end();
    });
    await identity(port, { ...HINT, name, path });
    expect(asked).toEqual([[host.replace('PORT', String(port)), url, 'reach4']]);
  });

  it("doesn't follow redirects", async () => {
    const port = await httpServer((_, response) => {
      response.writeHead(301, { location: 'https://home.example.org/' }).end();
    });
    expect(await identity(port)).toMatchObject({
      status: 301,
      location: 'https://home.example.org/',
      title: null,
    });
  });

  it('reads 64 KiB of an endless page', async () => {
    const part = 'x'.repeat(4096);
    const port = await httpServer((_, response) => {
      const more = () => response.writable && response.write(part, more);
      more();
    });
    expect(await identity(port, HINT, 3000)).toMatchObject({ bodySha256: sha256('x'.repeat(65_536)) });
  });

  it('keeps what came of a page that never ends', async () => {
    const port = await httpServer((_, response) => response.writeHead(200, { server: 'slow' }).write('abc'));
    expect(await identity(port, HINT, 150)).toMatchObject({
      kind: 'http',
      server: 'slow',
      bodySha256: sha256('abc'),
    });
  });

  it('takes little time for a page of nothing but titles', async () => {
    const port = await httpServer((_, response) => response.end('<title'.repeat(11_000)));
    expect(await identity(port, HINT, 3000)).toMatchObject({ kind: 'http', title: null });
  });

  it.each([
    ['talks something else', (socket) => socket.end('220 mail.example.org ESMTP\r\n'), 'handshake-failed'],
    [
      'switches protocols',
      (socket) => socket.end('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'closed',
    ],
    [
      'sends endless headers',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`),
      'handshake-failed',
    ],
    ['hangs up', (socket) => socket.end(), 'closed'],
    ['says nothing', () => {}, 'silent'],
    ['stops in the middle', (socket) => socket.write('HTTP/1.1 200 OK\r\n'), 'timed-out'],
  ] as [string, Parameters<typeof serve>[0], string][])('knows a server that %s', async (_, handle, why) => {
    expect(await identity(await serve(handle), HINT, 200)).toMatchObject({ kind: 'none', why });
  });
});

describe('banner', () => {
  const TCP = { protocol: 'tcp', name: null, path: '/' } as const;

  it('keeps the first line', async () => {
    const port = await serve((socket) => {
      socket.write('220 mail.example.org');
      setTimeout(() => socket.write(' ESMTP\u001b[2J\r\n250 more\r\n'), 20);
    });
    expect(await identity(port, TCP)).toEqual({
      kind: 'banner',
      text: '220 mail.example.org ESMTP [2J',
      sha256: sha256('220 mail.example.org ESMTP\u001b[2J\r\n'),
    });
  });

  it('keeps what came without a line end', async () => {
    const port = await serve((socket) => socket.end(Buffer.of(0, 255, 1)));
    expect(await identity(port, TCP)).toMatchObject({ kind: 'banner' });
  });

  it('keeps a kilobyte of an endless line', async () => {
    const port = await serve((socket) => socket.write('x'.repeat(100_000)));
    expect(await identity(port, TCP)).toMatchObject({
      text: 'x'.repeat(200),
      sha256: sha256('x'.repeat(1024)),
    });
  });

  it('waits no longer than a second for a server that says nothing', async () => {
    const started = Date.now();
    expect(await identity(await serve(() => {}), TCP, 5000)).toEqual({ kind: 'none', why: 'silent' });
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('knows a server that hangs up', async () => {
    expect(await identity(await serve((socket) => socket.end()), TCP)).toMatchObject({ why: 'closed' });
  });
});
