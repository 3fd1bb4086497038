import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identitySchema } from '../../../src/model/identity.ts';
import { identify } from '../../../src/ports/node/identify.ts';
import { writePacket } from '../../../src/ports/node/ssh/wire.ts';
import { every, serve, within } from './loopback.ts';

/** ms that each look may take, and what a busy machine adds. */
const TIMEOUT = 300;
const IN_TIME = TIMEOUT + 600;
/** Bytes that a server may get rid of at one that has had enough: buffers of both kernels, and what is on its way. */
const SENT = 16 * 1024 * 1024;

const PROTOCOLS = ['tls', 'http', 'ssh', 'tcp'] as const;

/** Every string of a value. */
const texts = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(texts)
      : [];

/** Who is there, as each protocol sees it; in time, within bounds, and without anything that acts on a terminal. */
async function who(port: number, protocol: (typeof PROTOCOLS)[number]) {
  const started = performance.now();
  const hint = { protocol, name: 'home.example.org', path: '/' } as const;
  const identity = identitySchema.parse(await identify('127.0.0.1', port, hint, within(TIMEOUT)));
  expect(performance.now() - started).toBeLessThan(IN_TIME);
  for (const text of texts(identity)) {
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(text.length).toBeLessThanOrEqual(500);
  }
  return identity;
}

/** As much as the other side takes; how much that was is told. */
const flood = (socket: Socket, part: Buffer, sent: { bytes: number }) => {
  const more = () => {
    if (!socket.writable) return;
    sent.bytes += part.length;
    socket.write(part, () => setImmediate(more));
  };
  more();
};

/** The beginning of what each protocol waits for: a handshake of 16 MiB, headers, a packet of 30 kB, a line. */
const BEGIN: Readonly<Record<(typeof PROTOCOLS)[number], Buffer>> = {
  tls: Buffer.from('16030340000200ffff0303', 'hex'),
  http: Buffer.from('HTTP/1.1 200 OK\r\nx: '),
  ssh: Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.of(0, 0, 0x75, 0x30, 4)]),
  tcp: Buffer.from('220 '),
};

describe.each(PROTOCOLS)('a hostile server that is taken for one of %s', (protocol) => {
  it.each(['\0', 'x', '\n', '\u001b'])('drips %j for ever', async (byte) => {
    const port = await serve((socket) => every(socket, 20, byte));
    expect(['none', 'banner']).toContain((await who(port, protocol)).kind);
  });

  it('begins well, and then drips for ever', async () => {
    const port = await serve((socket) => {
      socket.write(BEGIN[protocol]);
      every(socket, 20, 'x');
    });
    expect((await who(port, protocol)).kind).toBe(protocol === 'tcp' ? 'banner' : 'none');
  });

  it.each([
    ['zeros', Buffer.alloc(65_536)],
    ['ends of lines', Buffer.alloc(65_536, '\r\n')],
    ['text', Buffer.alloc(65_536, 'x')],
    ['records of TLS', Buffer.alloc(65_535, Buffer.from('1503030002010a', 'hex'))],
    ['answers before the answer', Buffer.alloc(65_520, 'HTTP/1.1 103 Early\r\n\r\n')],
    ['packets of SSH', Buffer.concat(Array.from({ length: 60 }, () => writePacket(Buffer.alloc(900, 2))))],
  ])('floods with %s, and is not listened to for long', async (_, part) => {
    const sent = { bytes: 0 };
    const port = await serve((socket) => {
      if (part[0] === 0 && protocol === 'ssh') socket.write('SSH-2.0-x\r\n');
      flood(socket, part, sent);
    });
    const identity = await who(port, protocol);
    if (identity.kind !== 'banner') expect(identity.kind).toBe('none');
    // Of what HTTP skips nothing is kept, and only the time ends it.
    const isSkipped = protocol === 'http' && /^(?:\r\n|HTTP)/u.test(part.toString('latin1'));
    if (!isSkipped) expect(sent.bytes).toBeLessThan(SENT);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => {}],
    ['ends at once', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['ends after its beginning', (socket) => socket.end(BEGIN[protocol])],
  ])('%s', async (_, handle) => {
    expect((await who(await serve(handle), protocol)).kind).toMatch(/^(?:none|banner)$/u);
  });

  it('sends any bytes, whole or byte by byte', async () => {
    let parts: readonly Uint8Array[] = [];
    const port = await serve((socket) => {
      for (const part of parts) socket.write(part);
      socket.end();
    });
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), fc.boolean(), async (rest, begins, dripping) => {
        const all = Buffer.concat([begins ? BEGIN[protocol] : Buffer.alloc(0), rest]);
        parts = dripping ? [...all].map((byte) => Uint8Array.of(byte)) : [all];
        const { kind } = await who(port, protocol);
        expect(['none', 'banner', 'http']).toContain(kind);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a server of SSH that has gone far', () => {
  const text = (content: string | Buffer): Buffer =>
    Buffer.concat([Buffer.of(0, 0, 0, content.length), Buffer.from(content)]);
  const kexInit = Buffer.concat([
    Buffer.of(20, ...Array.from({ length: 16 }, () => 0)),
    ...['curve25519-sha256', 'ssh-ed25519', 'a', 'a', 'a', 'a', 'none', 'none', '', ''].map((list) =>
      text(list),
    ),
    Buffer.alloc(5),
  ]);

  it('is never believed, and ends nobody, whatever it says then', async () => {
    let payloads: readonly Buffer[] = [];
    const port = await serve((socket) => {
      socket.write('SSH-2.0-x\r\n');
      for (const payload of payloads) socket.write(writePacket(payload));
      socket.end();
    });
    const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((each) => Buffer.from(each));
    const joined = (...parts: fc.Arbitrary<Buffer>[]) => fc.tuple(...parts).map((all) => Buffer.concat(all));
    const named = (name: string, ...lengths: number[]) =>
      joined(fc.constant(text(name)), ...lengths.map((length) => bytes(length).map(text)));
    const key = fc.oneof(named('ssh-ed25519', 40), named('ssh-rsa', 9, 200), bytes(60));
    const share = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((each) => Buffer.from(each)),
      fc.constant(Buffer.alloc(32)),
      bytes(40),
    );
    const reply = joined(
      fc.constant(Buffer.of(31)),
      ...[key, share, fc.oneof(named('ssh-ed25519', 70), bytes(90))].map((each) => each.map(text)),
    );
    const other = joined(
      fc.constantFrom(1, 2, 7, 20, 31).map((type) => Buffer.of(type)),
      bytes(80),
    );
    const message = fc.oneof(reply, other, bytes(80), fc.constant(kexInit));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 4 }), fc.boolean(), async (all, agrees) => {
        payloads = agrees ? [kexInit, ...all] : all;
        expect((await who(port, 'ssh')).kind).toBe('none');
      }),
      { numRuns: 150 },
    );
  });
});
