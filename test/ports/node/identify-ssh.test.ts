import { connect as connectPlain, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identitySchema } from '../../../src/model/identity.ts';
import { identify } from '../../../src/ports/node/identify.ts';
import { SshReceiver } from '../../../src/ports/node/ssh/receiver.ts';
import { SshError, WireReader, writePacket, writePositive } from '../../../src/ports/node/ssh/wire.ts';
import { listen, serve, within } from './loopback.ts';
import { startSshd } from './sshd.ts';

const HINT = { protocol: 'ssh', name: 'home.example.org', path: '/' } as const;

async function identity(port: number, timeoutMs = 3000) {
  return identitySchema.parse(await identify('127.0.0.1', port, HINT, within(timeoutMs)));
}

/** Stands between the client and a server, and changes what the server sends. */
const between = (behind: number, change: (part: Buffer, offset: number) => Buffer) =>
  listen(
    createServer((client: Socket) => {
      let offset = 0;
      const server = connectPlain(behind, '127.0.0.1').on('error', () => client.destroy());
      client.on('close', () => server.destroy()).pipe(server);
      server.on('data', (part) => {
        client.write(change(part, offset));
        offset += part.length;
      });
    }),
  );

describe('a real OpenSSH server', () => {
  it.each([
    ['ed25519', [], 'ssh-ed25519'],
    ['ecdsa', [], 'ecdsa-sha2-nistp256'],
    ['rsa', [], 'ssh-rsa'],
    ['rsa', ['HostKeyAlgorithms rsa-sha2-256'], 'ssh-rsa'],
    ['ed25519', ['KexAlgorithms ecdh-sha2-nistp256'], 'ssh-ed25519'],
    ['ed25519', ['KexAlgorithms curve25519-sha256@libssh.org'], 'ssh-ed25519'],
  ] as const)('proves its key: %s %j', async (type, options, algorithm) => {
    const { port, hostKeySha256 } = await startSshd(type, options);
    expect(await identity(port)).toEqual({
      kind: 'ssh',
      hostKeySha256,
      algorithm,
      banner: expect.stringMatching(/^SSH-2\.0-OpenSSH/u),
    });
  });

  it.each([
    [['KexAlgorithms diffie-hellman-group14-sha256'], 'no key exchange in common'],
    [['HostKeyAlgorithms ecdsa-sha2-nistp521'], 'no host key algorithm in common'],
  ] as const)('says where nothing is in common: %j', async (options, detail) => {
    const type = options[0].startsWith('Host') ? 'rsa' : 'ed25519';
    const { port } = await startSshd(type, type === 'rsa' ? ['HostKeyAlgorithms ssh-rsa'] : options);
    expect(await identity(port)).toEqual({ kind: 'none', why: 'handshake-failed', detail });
  });

  it('is never believed when a byte of what it says was changed', async () => {
    const { port, hostKeySha256 } = await startSshd('ed25519');
    const lengths: number[] = [];
    const whole = await between(port, (part, offset) => {
      lengths.push(offset + part.length);
      return part;
    });
    expect(await identity(whole)).toMatchObject({ kind: 'ssh', hostKeySha256 });
    const total = lengths.at(-1) ?? 0;
    expect(total).toBeGreaterThan(500);
    const positions = Array.from({ length: 40 }, (_, n) => Math.floor((n * total) / 40));
    const changed = await Promise.all(
      positions.map(async (at) => {
        const forged = await between(port, (part, offset) => {
          if (at >= offset && at < offset + part.length) part[at - offset] = (part[at - offset] ?? 0) ^ 1;
          return part;
        });
        return { at, seen: await identity(forged, 1500) };
      }),
    );
    // Padding isn't signed before keys are in use: a change there is no change.
    const believed = changed.filter(({ seen }) => seen.kind === 'ssh');
    expect(believed.every(({ seen }) => seen.kind === 'ssh' && seen.hostKeySha256 === hostKeySha256)).toBe(
      true,
    );
    expect(believed.length).toBeLessThan(4);
  });
});

describe('what is no SSH server', () => {
  const KEXINIT = (lists: readonly string[]) =>
    Buffer.concat([
      Buffer.of(20),
      Buffer.alloc(16),
      ...lists.flatMap((list) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(list.length);
        return [length, Buffer.from(list)];
      }),
      Buffer.alloc(5),
    ]);
  const hello = (socket: Socket, ...payloads: Buffer[]) =>
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), ...payloads.map(writePacket)]));
  const goodInit = KEXINIT(['curve25519-sha256', 'ssh-ed25519', 'a', 'a', 'a', 'a', 'none', 'none', '', '']);
  const reply = (...parts: Buffer[]) =>
    Buffer.concat([
      Buffer.of(31),
      ...parts.flatMap((part) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(part.length);
        return [length, part];
      }),
    ]);

  it.each([
    [
      'talks HTTP',
      (socket) => socket.write(`HTTP/1.1 400 Bad Request\r\n${'x: y\r\n'.repeat(100)}`),
      'no version among the first lines',
    ],
    ['sends an endless line', (socket) => socket.write('x'.repeat(100_000)), 'a line is too long'],
    ['speaks version 1', (socket) => socket.write('SSH-1.5-old\r\n'), 'not version 2 of SSH'],
    [
      'has a long version',
      (socket) => socket.write(`SSH-2.0-${'x'.repeat(300)}\r\n`),
      'the version is too long',
    ],
    [
      'sends a huge packet',
      (socket) => socket.write(`SSH-2.0-x\r\n\u007f${'x'.repeat(40)}`),
      'a packet has no possible length',
    ],
    [
      'sends nothing but padding',
      (socket) =>
        socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\n'), Buffer.of(0, 0, 0, 8, 8), Buffer.alloc(8)])),
      'a packet is nothing but padding',
    ],
    ['begins with something else', (socket) => hello(socket, Buffer.of(50)), 'no key exchange begins'],
    ['cuts its lists off', (socket) => hello(socket, goodInit.subarray(0, 30)), 'a message ends too soon'],
    ['disconnects', (socket) => hello(socket, Buffer.of(1, 0, 0, 0, 2)), 'the server disconnects'],
    [
      'goes on with something else',
      (socket) => hello(socket, goodInit, Buffer.of(21)),
      "the key exchange doesn't go on",
    ],
    [
      'has no point of the curve',
      (socket) => hello(socket, goodInit, reply(Buffer.alloc(51), Buffer.alloc(32), Buffer.alloc(83))),
      "the server's key share is not valid",
    ],
    [
      'has a short key share',
      (socket) => hello(socket, goodInit, reply(Buffer.alloc(51), Buffer.alloc(3), Buffer.alloc(83))),
      "the server's key share is not valid",
    ],
    [
      'ignores for ever',
      (socket) => {
        socket.write('SSH-2.0-x\r\n');
        const more = () =>
          socket.writable &&
          socket.write(writePacket(Buffer.concat([Buffer.of(2), Buffer.alloc(20_000)])), more);
        more();
      },
      'the server sends too much',
    ],
  ] as [string, Parameters<typeof serve>[0], string][])('knows one that %s', async (_, handle, detail) => {
    expect(await identity(await serve(handle), 1000)).toEqual({
      kind: 'none',
      why: 'handshake-failed',
      detail,
    });
  });

  it.each([
    ['hangs up', (socket) => socket.end('SSH-2.0-x\r\n'), 'closed'],
    ['says nothing', () => {}, 'silent'],
    ['stops after its version', (socket) => socket.write('SSH-2.0-x\r\n'), 'timed-out'],
  ] as [string, Parameters<typeof serve>[0], string][])('knows one that %s', async (_, handle, why) => {
    expect(await identity(await serve(handle), 150)).toMatchObject({ kind: 'none', why });
  });
});

describe('the bytes of SSH', () => {
  it('throws nothing but SshError, and keeps little, whatever comes and however it is cut', () => {
    const parts = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.constant(Buffer.from('SSH-2.0-x\r\n')),
        fc.uint8Array().map((bytes) => writePacket(Buffer.from(bytes))),
      ),
    );
    fc.assert(
      fc.property(parts, (all) => {
        const receiver = new SshReceiver();
        try {
          for (const part of all)
            for (const payload of receiver.push(Buffer.from(part)))
              expect(payload.length).toBeLessThan(35_000);
        } catch (error) {
          expect(error).toBeInstanceOf(SshError);
        }
      }),
    );
  });

  it('gives back the packets that were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1 })),
        fc.integer({ min: 1, max: 50 }),
        (payloads, size) => {
          const receiver = new SshReceiver();
          const bytes = Buffer.concat([
            Buffer.from('hello\nSSH-2.0-x\r\n'),
            ...payloads.map((each) => writePacket(Buffer.from(each))),
          ]);
          const received: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += size)
            received.push(...receiver.push(bytes.subarray(at, at + size)));
          expect(received.map((each) => [...each])).toEqual(payloads.map((each) => [...each]));
        },
      ),
    );
  });

  it('gives back the numbers that were written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 520n }), (number) => {
        const hex = number.toString(16);
        const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
        const back = new WireReader(writePositive(bytes)).positive();
        expect(BigInt(`0x0${back.toString('hex')}`)).toBe(number);
      }),
    );
  });
});
