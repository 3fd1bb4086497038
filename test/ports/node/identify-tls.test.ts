import { once } from 'node:events';
import { connect as connectPlain, createServer as createPlain } from 'node:net';
import { createServer, getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { identitySchema } from '../../../src/model/identity.ts';
import { identify } from '../../../src/ports/node/identify.ts';
import { makeCertificate } from './certificate.ts';
import { closedPort, listen, serve, within } from './loopback.ts';

const HINT = { protocol: 'tls', name: 'home.example.org', path: '/' } as const;
let own: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  own = await makeCertificate();
});

async function identity(port: number, hint: Parameters<typeof identify>[2] = HINT, timeoutMs = 1500) {
  return identitySchema.parse(await identify('127.0.0.1', port, hint, within(timeoutMs)));
}

async function tlsServer(options: TlsOptions = {}): Promise<number> {
  const server = createServer({ cert: own.cert, key: own.key, ...options });
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  return listen(server);
}

describe('TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('reads the key over %s', async (version) => {
    const port = await tlsServer({ minVersion: version, maxVersion: version });
    expect(await identity(port)).toEqual({
      kind: 'tls',
      spkiSha256: own.spkiSha256,
      subject: 'CN=home.example.org',
      issuer: 'CN=home.example.org',
      coversName: true,
      trusted: false,
    });
  });

  it('reads RSA keys too', async () => {
    const rsa = await makeCertificate({}, ['rsa:2048']);
    expect(await identity(await tlsServer(rsa))).toMatchObject({ spkiSha256: rsa.spkiSha256 });
  });

  it('asks for the name, and for none where there is none', async () => {
    const server = createServer({ cert: own.cert, key: own.key });
    const port = await listen(server);
    const askedNow = () => once(server, 'secureConnection').then(([socket]) => socket.servername);
    // That the server sees the handshake through is part of it: nothing shows up in its log.
    expect(await Promise.all([askedNow(), identity(port)])).toMatchObject(['home.example.org', {}]);
    const nameless = identity(port, { ...HINT, name: null });
    expect(await Promise.all([askedNow(), nameless])).toMatchObject([false, { coversName: null }]);
  });

  it.each([
    ['DNS:*.example.org', true],
    ['DNS:*.home.example.org', false],
    ['DNS:other.example.org', false],
    ['IP:127.0.0.1', false],
  ])('compares names: %s', async (names, coversName) => {
    // The common name is the target's: it doesn't count any more (RFC 6125 6.4.4).
    const other = await makeCertificate({ names });
    expect(await identity(await tlsServer(other))).toMatchObject({ coversName });
  });

  it('trusts whom this machine trusts', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([own.cert]);
    try {
      const port = await tlsServer();
      expect(await identity(port)).toMatchObject({ trusted: true, coversName: true });
      expect(await identity(port, { ...HINT, name: 'x.example.org' })).toMatchObject({
        trusted: true,
        coversName: false,
      });
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it('makes the names in a certificate harmless', async () => {
    const odd = await makeCertificate({ subject: `/O=\u001b[31mRed${'x'.repeat(40)}\u202e/CN=a` });
    const seen = await identity(await tlsServer(odd));
    expect(seen.kind === 'tls' && seen.subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'ends where the server wants our certificate: %s',
    async (version) => {
      const port = await tlsServer({ requestCert: true, rejectUnauthorized: true, maxVersion: version });
      expect(['tls', 'none']).toContain((await identity(port)).kind);
    },
  );

  it('says what a server without a shared cipher says', async () => {
    const port = await tlsServer({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' });
    expect(await identity(port)).toMatchObject({
      kind: 'none',
      why: 'handshake-failed',
      detail: expect.stringMatching(/^ERR_SSL_/u),
    });
  });

  it.each([
    ['talks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'handshake-failed'],
    ['talks first', (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'), 'handshake-failed'],
    ['hangs up', (socket) => socket.end(), 'closed'],
    ['resets', (socket) => socket.resetAndDestroy(), 'closed'],
    ['says nothing', () => {}, 'silent'],
    ['stops in the middle', (socket) => socket.write(Buffer.of(22, 3, 3, 0, 200, 2)), 'timed-out'],
  ] as [string, Parameters<typeof serve>[0], string][])('knows a server that %s', async (_, handle, why) => {
    expect(await identity(await serve(handle), HINT, 300)).toMatchObject({ kind: 'none', why });
  });

  it('says that nobody is there', async () => {
    expect(await identity(await closedPort())).toMatchObject({
      kind: 'none',
      why: 'closed',
      detail: 'ECONNREFUSED',
    });
  });

  it('survives a handshake with any one byte changed', async () => {
    const behind = await tlsServer();
    for (let at = 0; at < 1200; at += 97) {
      const port = await listen(
        createPlain((client) => {
          let offset = 0;
          const server = connectPlain(behind, '127.0.0.1').on('error', () => client.destroy());
          client.on('close', () => server.destroy()).pipe(server);
          server.on('data', (part) => {
            if (at >= offset && at < offset + part.length)
              part[at - offset] = (part[at - offset] ?? 0) ^ 0xff;
            offset += part.length;
            client.write(part);
          });
        }),
      );
      expect((await identity(port, HINT, 400)).kind).toMatch(/^(?:tls|none)$/u);
    }
  });
});
