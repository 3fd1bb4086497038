import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDns } from '../../../src/ports/node/dns/dns.ts';
import { ask, type Behaviour, NAME, serverFor } from './ask.ts';
import { AA, a, always, replyTo, startDnsServer, streamed, TC } from './dns-server.ts';
import { never } from './loopback.ts';

describe('what a hostile or broken network does', () => {
  const good = { answers: [a(NAME, '198.51.100.7')] };

  it('waits past a wrong id, a wrong question, a query and noise', async () => {
    const answer = await ask({
      udp: (query, socket, from) => {
        const forged = { answers: [a(NAME, '203.0.113.66')] };
        const wrongId = replyTo(query, AA, forged);
        wrongId.writeUInt16BE(((query.id ?? 0) + 1) & 0xffff);
        const wrongName = replyTo(query, AA, {
          ...forged,
          questions: [{ type: 'A', name: 'x.example.org' }],
        });
        const wrongType = replyTo(query, AA, { ...forged, questions: [{ type: 'AAAA', name: NAME }] });
        const noQuestion = replyTo(query, AA, { ...forged, questions: [] });
        const noise = Buffer.from([1]);
        for (const bytes of [
          wrongId,
          wrongName,
          wrongType,
          noQuestion,
          query.bytes,
          noise,
          replyTo(query, AA, good),
        ]) {
          socket.send(bytes, from.port, from.address);
        }
      },
    });
    expect(answer.addresses).toEqual([{ address: '198.51.100.7', ttl: 300 }]);
  });

  it("doesn't take an answer from another address", async () => {
    const answer = await ask({
      udp: (query, _, from) => {
        const other = createSocket('udp4');
        other.bind(0, '127.0.0.2', () =>
          other.send(replyTo(query, AA, good), from.port, from.address, () => other.close()),
        );
      },
    });
    expect(answer.outcome).toBe('timed-out');
  });

  it('takes an answer that comes only after the repeat', async () => {
    let datagrams = 0;
    const answer = await ask({
      udp: (query, socket, from) => {
        datagrams += 1;
        if (datagrams === 2) always(AA, good)(query, socket, from);
      },
    });
    expect(answer.outcome).toBe('answer');
    expect(answer.ms).toBeGreaterThan(100);
  });

  it('uses a new id and a new port each time', async () => {
    const ids = new Set<number>();
    const ports = new Set<number>();
    const { port } = await serverFor({
      udp: (query, socket, from) => {
        ids.add(query.id ?? -1);
        ports.add(from.port);
        always(AA, good)(query, socket, from);
      },
    });
    const question = { server: '127.0.0.1', name: NAME, type: 'A', recurse: false, timeoutMs: 300 } as const;
    await Promise.all(Array.from({ length: 8 }, () => createDns({ port }).ask(question, never)));
    expect(ids.size).toBeGreaterThan(6);
    expect(ports.size).toBe(8);
  });

  it('says silence', async () => {
    const answer = await ask({}, { timeoutMs: 80 });
    expect(answer).toMatchObject({ outcome: 'timed-out', rcode: null });
    expect(answer.ms).toBeLessThan(200);
  });

  it('says that nobody listens', async () => {
    const server = await startDnsServer({});
    server.close();
    const answer = await createDns({ port: server.port }).ask(
      { server: '127.0.0.1', name: NAME, type: 'A', recurse: false, timeoutMs: 1000 },
      never,
    );
    expect(answer.outcome).toBe('unreachable');
    expect(answer.ms).toBeLessThan(500);
  });

  it('says malformed where the message with our id breaks off', async () => {
    const answer = await ask({
      udp: (query, socket, from) =>
        socket.send(replyTo(query, AA, good).subarray(0, -6), from.port, from.address),
    });
    expect(answer.outcome).toBe('malformed');
  });

  it('says malformed where only garbage came', async () => {
    const answer = await ask(
      { udp: (_, socket, from) => socket.send(Buffer.of(7), from.port, from.address) },
      { timeoutMs: 80 },
    );
    expect(answer.outcome).toBe('malformed');
  });

  it('says timed-out at once when the caller gives up', async () => {
    const { port } = await serverFor({});
    const answer = await createDns({ port }).ask(
      { server: '127.0.0.1', name: NAME, type: 'A', recurse: false, timeoutMs: 5000 },
      AbortSignal.timeout(30),
    );
    expect(answer.outcome).toBe('timed-out');
    expect(answer.ms).toBeLessThan(1000);
  });

  it('ends in time in a flood of noise, and of answers to others', async () => {
    let sent = 0;
    let flood: NodeJS.Timeout | undefined;
    onTestFinished(() => clearInterval(flood));
    const answer = await ask(
      {
        udp: (query, socket, from) => {
          const foreign = replyTo(query, AA, good);
          foreign.writeUInt16BE(((query.id ?? 0) + 1) & 0xffff);
          flood ??= setInterval(() => {
            for (const bytes of [foreign, Buffer.alloc(60_000), Buffer.of(1)]) {
              socket.send(bytes, from.port, from.address);
              sent += 1;
            }
          }, 1);
        },
      },
      { timeoutMs: 200 },
    );
    expect(answer.outcome).toBe('malformed');
    expect(answer.ms).toBeLessThan(600);
    expect(sent).toBeGreaterThan(50);
  });

  it('reads an answer as large as a datagram can be, and keeps little of it', async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => a(NAME, `198.51.${100 + (n >> 8)}.${n & 255}`));
    const answer = await ask({
      udp: (query, socket, from) => {
        const bytes = replyTo(query, AA, { answers: many });
        expect(bytes.length).toBeGreaterThan(60_000);
        socket.send(bytes, from.port, from.address);
      },
    });
    expect(answer.addresses).toHaveLength(64);
  });

  it('is refused for good by whoever refuses twice', async () => {
    let asked = 0;
    const answer = await ask({
      udp: (query, socket, from) => {
        asked += 1;
        always(1, { questions: [] })(query, socket, from);
      },
    });
    expect(answer).toMatchObject({ outcome: 'other', rcode: 'FORMERR' });
    expect(asked).toBe(2);
  });

  it('can be any bytes that begin as our answer would', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (rest, isAnswer) => {
        const answer = await ask(
          {
            udp: (query, socket, from) => {
              const head = Buffer.from(query.bytes.subarray(0, 12));
              head.writeUInt16BE(isAnswer ? 0x8400 : 0x0400, 2);
              socket.send(Buffer.concat([head, rest]), from.port, from.address);
            },
          },
          { timeoutMs: 30 },
        );
        expect(answer.outcome).toMatch(/^(?:malformed|timed-out|unreachable)$/u);
      }),
      { numRuns: 60 },
    );
  });

  it('asks for no names that are none', async () => {
    expect(await ask({ udp: always(AA, good) }, { name: 'a b.example.org' })).toMatchObject({
      outcome: 'malformed',
    });
  });
});

describe('TCP', () => {
  const truncated = { udp: always(AA | TC) };
  const good = { answers: [a(NAME, '198.51.100.7')] };

  it('follows a truncated answer, also where it comes byte by byte', async () => {
    const answer = await ask({
      ...truncated,
      tcp: (query, socket) => {
        socket.setNoDelay(true);
        for (const byte of streamed(replyTo(query, AA, good))) socket.write(Buffer.of(byte));
      },
    });
    expect(answer.outcome).toBe('answer');
  });

  it('follows an answer that is cut in the middle of a record', async () => {
    const answer = await ask({
      udp: (query, socket, from) =>
        socket.send(replyTo(query, AA | TC, good).subarray(0, -6), from.port, from.address),
      tcp: (query, socket) => socket.end(streamed(replyTo(query, AA, good))),
    });
    expect(answer.outcome).toBe('answer');
  });

  it("doesn't read an endless stream", async () => {
    const answer = await ask({
      ...truncated,
      tcp: (query, socket) => {
        const first = replyTo(query, AA, good);
        socket.write(streamed(first));
        const more = () => socket.writable && socket.write(Buffer.alloc(65_536)) && setImmediate(more);
        more();
      },
    });
    expect(answer.outcome).toBe('answer');
  });

  it("doesn't take what is cut off here too for an empty answer", async () => {
    const tcp = (bytes: (whole: Buffer) => Buffer): NonNullable<Behaviour['tcp']> => {
      return (query, socket) => socket.end(streamed(bytes(replyTo(query, AA | TC, good))));
    };
    const none: NonNullable<Behaviour['tcp']> = (query, socket) =>
      socket.end(streamed(replyTo(query, AA | TC)));
    const cuts = [none, tcp((whole) => whole), tcp((whole) => whole.subarray(0, -6))];
    for (const cut of cuts) {
      expect(await ask({ ...truncated, tcp: cut })).toMatchObject({ outcome: 'malformed', addresses: [] });
    }
  });

  it('ends in time where one byte after the other comes, for ever', async () => {
    const answer = await ask(
      {
        ...truncated,
        tcp: (_, socket) => {
          socket.write(Buffer.of(0xff, 0xff));
          const timer = setInterval(() => socket.write('x'), 5);
          socket.on('close', () => clearInterval(timer));
        },
      },
      { timeoutMs: 200 },
    );
    expect(answer.outcome).toBe('timed-out');
    expect(answer.ms).toBeLessThan(600);
  });

  it.each([
    ['silence', () => {}, 'timed-out'],
    ['a close', (_: unknown, socket: { end(): void }) => socket.end(), 'unreachable'],
    [
      'an empty message',
      (_: unknown, socket: { end(b: Buffer): void }) => socket.end(Buffer.of(0, 0)),
      'malformed',
    ],
    [
      'half a message',
      (_: unknown, socket: { end(b: Buffer): void }) => socket.end(Buffer.of(0, 40, 1)),
      'malformed',
    ],
  ] as const)('says what %s is', async (_, tcp, outcome) => {
    expect(await ask({ ...truncated, tcp }, { timeoutMs: 150 })).toMatchObject({ outcome });
  });
});
