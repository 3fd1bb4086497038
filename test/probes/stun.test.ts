import type { RemoteInfo, Socket } from 'node:dgram';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Family, parseAddress } from '../../src/model/address.ts';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { stun } from '../../src/probes/stun.ts';
import { bindingRequest, readBinding } from '../../src/probes/stun-message.ts';
import { here } from './fake-ports.ts';
import { sendFrom, udpServer } from './router/loopback-router.ts';

const XOR_MAPPED = 0x20;
const MAPPED = 0x01;

/** A success response to the request, with such an attribute. Bytes of the address plain. */
function answerTo(request: Uint8Array, address: readonly number[], port: number, type = XOR_MAPPED): Buffer {
  const mask = type === XOR_MAPPED ? request.subarray(4, 20) : new Uint8Array(16);
  const value = Buffer.alloc(4 + address.length);
  value[1] = address.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (((mask[0] ?? 0) << 8) | (mask[1] ?? 0)), 2);
  for (const [index, byte] of address.entries()) value[4 + index] = byte ^ (mask[index] ?? 0);
  return message(0x0101, request, [
    [0x8022, Buffer.from('abc')],
    [type, value],
  ]);
}

function message(
  type: number,
  request: Uint8Array,
  attributes: readonly (readonly [number, Buffer])[],
): Buffer {
  const body = attributes.map(([code, value]) => {
    const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
    bytes.writeUInt16BE(code, 0);
    bytes.writeUInt16BE(value.length, 2);
    value.copy(bytes, 4);
    return bytes;
  });
  const header = Buffer.from(request);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(Buffer.concat(body).length, 2);
  return Buffer.concat([header, ...body]);
}

const HOME = [81, 2, 99, 1];
type Handle = (bytes: Buffer, from: RemoteInfo, socket: Socket, count: number) => void;

async function ask(
  handle: Handle,
  family: Family = 'ipv4',
  more: { samples?: number; name?: string; lookup?: () => Promise<string[]> } = {},
) {
  let count = 0;
  const port = await udpServer(family === 'ipv4' ? '127.0.0.1' : '::1', 0, (bytes, from, socket) => {
    count += 1;
    handle(bytes, from, socket, count);
  });
  const host = more.name ?? (family === 'ipv4' ? '127.0.0.1' : '[::1]');
  const real = nodePorts();
  const ports = { ...real, dns: { ...real.dns, lookup: more.lookup ?? real.dns.lookup } };
  const question = {
    server: `${host}:${port}`,
    family,
    ...(more.samples === undefined ? {} : { samples: more.samples }),
  };
  const evidence = evidenceSchema.parse(await stun(question, ports, here()));
  expect(evidence.ms).toBeLessThan(2400);
  return { evidence, asked: () => count };
}

const honest: Handle = (bytes, from, socket) =>
  socket.send(answerTo(bytes, HOME, from.port), from.port, from.address);

describe('stun', () => {
  it('asks from eight ports, and tells what the server sees', async () => {
    const { evidence } = await ask(honest);
    const samples = evidence.probe === 'stun' && evidence.status === 'ok' ? evidence.facts.samples : [];
    expect(samples).toHaveLength(8);
    expect(
      samples.every(({ localPort, port, address }) => localPort === port && address === '81.2.99.1'),
    ).toBe(true);
    expect(new Set(samples.map(({ localPort }) => localPort)).size).toBe(8);
  });

  it('speaks IPv6', async () => {
    const six = [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1];
    const { evidence } = await ask(
      (bytes, from, socket) => socket.send(answerTo(bytes, six, 4000), from.port, from.address),
      'ipv6',
    );
    expect(evidence).toMatchObject({
      facts: {
        family: 'ipv6',
        samples: [{ address: '2001:db8::1', port: 4000 }, {}, {}, {}, {}, {}, {}, {}],
      },
    });
  });

  it('takes the plain address of old servers', async () => {
    const { evidence } = await ask((bytes, from, socket) =>
      socket.send(answerTo(bytes, HOME, 4000, MAPPED), from.port, from.address),
    );
    expect(evidence).toMatchObject({
      facts: { samples: expect.arrayContaining([expect.objectContaining({ port: 4000 })]) },
    });
  });

  it('asks once more where a packet was lost, and keeps what came', async () => {
    const { evidence } = await ask((...all) => all[3] > 1 && honest(...all), 'ipv4', { samples: 1 });
    expect(evidence).toMatchObject({ status: 'ok' });
    const some = await ask((...all) => all[3] % 2 === 0 && all[3] <= 4 && honest(...all), 'ipv4', {
      samples: 4,
    });
    expect(some.evidence).toMatchObject({ status: 'ok' });
  });

  it('looks the name up over the family that it is told', async () => {
    const named = { name: 'stun.example.net', lookup: async () => ['2001:db8::9', '127.0.0.1'] };
    const { evidence } = await ask(honest, 'ipv4', named);
    expect(evidence).toMatchObject({
      status: 'ok',
      facts: { server: expect.stringMatching(/^stun\.example\.net:/u) },
    });
    const none = await ask(honest, 'ipv6', { ...named, lookup: async () => ['127.0.0.1'] });
    expect(none.evidence).toMatchObject({
      status: 'failed',
      reason: { code: 'unreachable', detail: 'stun.example.net has no AAAA record' },
    });
    const hanging = await ask(honest, 'ipv4', { ...named, lookup: () => new Promise(() => {}) });
    expect(hanging.evidence).toMatchObject({ status: 'failed', reason: { code: 'timed-out' } });
    const failing = await ask(honest, 'ipv4', {
      ...named,
      lookup: () => Promise.reject(new Error('EAI_AGAIN')),
    });
    expect(failing.evidence).toMatchObject({ status: 'failed', reason: { code: 'unreachable' } });
  });

  it("doesn't ask a literal over the other family, or what is none", async () => {
    for (const server of ['[::1]:3478', 'a b:1', '127.0.0.1:0', '']) {
      expect(await stun({ server, family: 'ipv4' }, nodePorts(), here())).toMatchObject({
        status: 'skipped',
      });
    }
  });

  it.each<[string, string, Handle]>([
    ['silence', 'timed-out', () => {}],
    [
      'an answer from another address',
      'timed-out',
      (bytes, from) => void sendFrom('127.0.0.2', from, answerTo(bytes, HOME, 4000)),
    ],
    [
      'a flood of noise',
      'malformed',
      (_, from, socket) => {
        for (let count = 0; count < 200; count += 1) socket.send('noise', from.port, from.address);
      },
    ],
    [
      'a flood of what is too much',
      'too-large',
      (_, from, socket) => {
        for (let count = 0; count < 50; count += 1) socket.send(Buffer.alloc(5_000), from.port, from.address);
      },
    ],
    [
      'port 0',
      'malformed',
      (bytes, from, socket) => socket.send(answerTo(bytes, HOME, 0), from.port, from.address),
    ],
    [
      'attributes without end',
      'malformed',
      (bytes, from, socket) => {
        const header = message(0x0101, bytes, []);
        header.writeUInt16BE(0xfffc, 2);
        socket.send(header, from.port, from.address);
      },
    ],
    [
      'another transaction',
      'malformed',
      (bytes, from, socket) => {
        const other = Buffer.from(bytes);
        other[19] = (other[19] ?? 0) ^ 1;
        socket.send(answerTo(other, HOME, 4000), from.port, from.address);
      },
    ],
    [
      'another cookie',
      'malformed',
      (bytes, from, socket) => {
        const other = Buffer.from(bytes);
        other[4] = 0;
        socket.send(answerTo(other, HOME, 4000), from.port, from.address);
      },
    ],
    [
      'the other family',
      'malformed',
      (bytes, from, socket) =>
        socket.send(answerTo(bytes, Array<number>(16).fill(0x20), 4000), from.port, from.address),
    ],
    [
      'half of it',
      'malformed',
      (bytes, from, socket) =>
        socket.send(answerTo(bytes, HOME, 4000).subarray(0, -6), from.port, from.address),
    ],
    ['nothing', 'malformed', (_, from, socket) => socket.send('', from.port, from.address)],
    [
      'no address',
      'malformed',
      (bytes, from, socket) => socket.send(message(0x0101, bytes, []), from.port, from.address),
    ],
    ['too much', 'too-large', (_, from, socket) => socket.send(Buffer.alloc(5000), from.port, from.address)],
    [
      'an error',
      'refused',
      (bytes, from, socket) =>
        socket.send(message(0x0111, bytes, [[9, Buffer.of(0, 0, 4, 0)]]), from.port, from.address),
    ],
  ])('ends with %s', async (_, code, handle) => {
    const { evidence } = await ask(handle);
    expect(evidence).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('waits past what somebody else sent first', async () => {
    const { evidence } = await ask(
      (bytes, from, socket, count) => {
        if (count === 1) socket.send('noise', from.port, from.address);
        else honest(bytes, from, socket, count);
      },
      'ipv4',
      { samples: 1 },
    );
    expect(evidence).toMatchObject({ status: 'ok' });
  });
});

describe('STUN messages', () => {
  const id = Buffer.from('000102030405060708090a0b', 'hex');

  it('are asked for as RFC 8489 5 lays them out', () => {
    expect(Buffer.from(bindingRequest(id)).toString('hex')).toBe('000100002112a442000102030405060708090a0b');
  });

  it('come back as they were', () => {
    const four = fc.ipV4().map((text) => ({ text, bytes: text.split('.').map(Number) }));
    const six = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((all) => ({
      text: parseAddress(
        Buffer.from(all)
          .toString('hex')
          .replace(/(.{4})(?!$)/gu, '$1:'),
      ),
      bytes: [...all],
    }));
    fc.assert(
      fc.property(
        fc.oneof(four, six),
        fc.integer({ min: 1, max: 65_535 }),
        fc.constantFrom(MAPPED, XOR_MAPPED),
        (address, port, type) => {
          const reply = readBinding(answerTo(bindingRequest(id), address.bytes, port, type), id);
          expect(reply).toEqual({ kind: 'mapped', mapped: { address: address.text, port } });
        },
      ),
    );
  });

  it('may hold any bytes', () => {
    const head = Buffer.from(bindingRequest(id));
    const ours = fc
      .tuple(fc.constantFrom(0x0101, 0x0111), fc.nat({ max: 80 }), fc.uint8Array({ maxLength: 80 }))
      .map(([type, length, rest]) => {
        const bytes = Buffer.concat([head, rest]);
        bytes.writeUInt16BE(type, 0);
        bytes.writeUInt16BE(length, 2);
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), ours), (bytes) => {
        expect(['mapped', 'error', 'foreign', 'malformed']).toContain(readBinding(bytes, id).kind);
      }),
    );
  });
});
