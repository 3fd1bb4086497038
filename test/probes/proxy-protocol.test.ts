import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, test } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { ServiceHint } from '../../src/ports/ports.ts';
import { proxyHeader, takesProxyProtocol } from '../../src/probes/proxy-protocol.ts';
import { makeCertificate } from '../ports/node/certificate.ts';
import { listen, never, serve } from '../ports/node/loopback.ts';
import { tls } from '../support/names.ts';

const hint = (protocol: ServiceHint['protocol']): ServiceHint => ({
  protocol,
  name: 'home.example.org',
  path: '/',
});
const ask = (port: number, protocol: ServiceHint['protocol'], known: Identity | null = null) =>
  takesProxyProtocol({ address: '127.0.0.1', port, hint: hint(protocol), known }, nodePorts().net, never);

/** Takes the header off and hands the rest to a server that knows nothing of it. */
const takingHeader = (handle: (socket: Socket) => void): Promise<number> =>
  serve((socket) => {
    const header = Buffer.from(proxyHeader(0));
    socket.once('readable', () => {
      const head: Buffer | null = socket.read(header.length);
      if (head?.subarray(0, 12).equals(header.subarray(0, 12)) !== true) socket.destroy();
      else handle(socket);
    });
  });

const certificate = makeCertificate();

test('the header is that of the specification, for a client with IPv4', () => {
  expect(Buffer.from(proxyHeader(443)).toString('hex')).toBe(
    `0d0a0d0a000d0a515549540a${'21'}${'11'}${'000c'}${'c0000201'}${'c0000202'}${'9c40'}${'01bb'}`,
  );
});

test('TLS behind the header, and TLS that knows nothing of it', async () => {
  const { cert, key, spkiSha256 } = await certificate;
  const server = createTlsServer({ cert, key });
  server.on('tlsClientError', () => {});
  const takes = await takingHeader((socket) => server.emit('connection', socket));
  const plain = await listen(createTlsServer({ cert, key }).on('tlsClientError', () => {}));
  const known = { ...tls('a'), spkiSha256 };
  expect(await ask(takes, 'tls', known)).toBe('takes');
  expect(await ask(takes, 'tls')).toBe('takes');
  expect(await ask(takes, 'tls', tls('b'))).toBe('refuses');
  expect(await ask(plain, 'tls', known)).toBe('refuses');
});

test('HTTP behind the header, and HTTP that takes it for a bad request', async () => {
  const page = createHttpServer((_, response) => response.end('<title>Home</title>'));
  const takes = await takingHeader((socket) => page.emit('connection', socket));
  const plain = await listen(createHttpServer((_, response) => response.end('<title>Home</title>')));
  expect(await ask(takes, 'http')).toBe('takes');
  expect(await ask(plain, 'http')).toBe('refuses');
});

test('a service that speaks first says nothing about it', async () => {
  const port = await listen(createServer((socket) => socket.write('220 mail.example.org ESMTP\r\n')));
  expect(await ask(port, 'tcp')).toBe('unknown');
});

test('nothing there', async () => {
  expect(await ask(await serve((socket) => socket.destroy()), 'tls')).toBe('refuses');
});
