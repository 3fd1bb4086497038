import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reasonSchema } from '../../../src/model/evidence.ts';
import { udp } from '../../../src/ports/node/udp.ts';
import type { UdpQuestion } from '../../../src/ports/ports.ts';
import { never } from './loopback.ts';

async function server(
  handle: (bytes: Buffer, from: RemoteInfo, socket: Socket) => void,
  address = '127.0.0.1',
) {
  const socket = createSocket(address === '::1' ? 'udp6' : 'udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (bytes, from) => handle(bytes, from, socket));
  socket.bind(0, address);
  await once(socket, 'listening');
  return { address, port: socket.address().port };
}

async function ask(to: UdpQuestion['to'], more: Partial<UdpQuestion> & { signal?: AbortSignal } = {}) {
  const { signal = never, ...rest } = more;
  const question = {
    to,
    payload: Buffer.from('hello'),
    timeoutMs: 400,
    repeatAfterMs: [],
    maxReplies: 1,
    maxBytes: 100,
    onlyFromPeer: true,
  };
  const result = await udp({ ...question, ...rest }, signal);
  if (!result.ok) reasonSchema.parse(result.reason);
  return result;
}

const echo = (bytes: Buffer, from: RemoteInfo, socket: Socket) => socket.send(bytes, from.port, from.address);
const texts = (result: Awaited<ReturnType<typeof ask>>) =>
  result.ok ? result.replies.map(({ payload }) => Buffer.from(payload).toString()) : result.reason.code;

describe('udp', () => {
  it.each(['127.0.0.1', '::1'])(
    'asks %s and keeps the answer, from whom it came, and the own port',
    async (address) => {
      let from = 0;
      const to = await server((bytes, peer, socket) => {
        from = peer.port;
        echo(bytes, peer, socket);
      }, address);
      const result = await ask(to);
      expect(result).toMatchObject({ ok: true, replies: [to], localPort: from });
      expect(texts(result)).toEqual(['hello']);
    },
  );

  it('has a port of its own for each question', async () => {
    const to = await server(echo);
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(to)));
    expect(new Set(all.map((each) => each.ok && each.localPort)).size).toBe(8);
  });

  it('repeats when it is told, and no more', async () => {
    let datagrams = 0;
    const to = await server(() => {
      datagrams += 1;
    });
    expect(await ask(to, { repeatAfterMs: [50, 100] })).toMatchObject({
      ok: false,
      reason: { code: 'timed-out' },
    });
    expect(datagrams).toBe(3);
  });

  it('takes no more answers than it is told', async () => {
    const to = await server((bytes, from, socket) => {
      for (let count = 0; count < 9; count += 1) echo(bytes, from, socket);
    });
    const result = await ask(to, { maxReplies: 3, timeoutMs: 5000 });
    expect(texts(result)).toEqual(['hello', 'hello', 'hello']);
    expect(result.ms).toBeLessThan(2000);
  });

  it('keeps what came until the time was up', async () => {
    const result = await ask(await server(echo), { maxReplies: 2, timeoutMs: 150 });
    expect(texts(result)).toEqual(['hello']);
    expect(result.ms).toBeGreaterThan(140);
  });

  it('drops what is too long, and says so where nothing else came', async () => {
    const long = await server((_, from, socket) => {
      socket.send(Buffer.alloc(101), from.port, from.address);
    });
    expect(await ask(long, { timeoutMs: 150 })).toMatchObject({ reason: { code: 'too-large' } });
    const both = await server((bytes, from, socket) => {
      socket.send(Buffer.alloc(101), from.port, from.address, () => echo(bytes, from, socket));
    });
    expect(texts(await ask(both))).toEqual(['hello']);
  });

  it('takes an answer from elsewhere only if it is told to', async () => {
    const to = await server((_, from) => {
      const other = createSocket('udp4');
      other.bind(0, '127.0.0.2', () => other.send('other', from.port, from.address, () => other.close()));
    });
    expect(texts(await ask(to, { timeoutMs: 150 }))).toBe('timed-out');
    const open = await ask(to, { onlyFromPeer: false });
    expect(open).toMatchObject({ ok: true, replies: [{ address: '127.0.0.2' }] });
  });

  it('says that nobody listens', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    const result = await ask({ address: '127.0.0.1', port }, { timeoutMs: 5000 });
    expect(result).toMatchObject({ ok: false, reason: { code: 'refused', detail: 'ECONNREFUSED' } });
    expect(result.ms).toBeLessThan(2000);
  });

  it('ends when the caller gives up', async () => {
    const to = await server(() => {});
    const result = await ask(to, { timeoutMs: 5000, signal: AbortSignal.timeout(30) });
    expect(result).toMatchObject({ ok: false, reason: { code: 'interrupted' } });
    expect(await ask(to, { signal: AbortSignal.abort() })).toMatchObject({ reason: { code: 'interrupted' } });
  });

  it('asks no name, and not from an address that it lacks', async () => {
    expect(await ask({ address: 'localhost', port: 9 })).toMatchObject({
      reason: { code: 'not-applicable' },
    });
    const lacking = await ask({ address: '127.0.0.1', port: 9 }, { from: '192.0.2.1' });
    expect(lacking).toMatchObject({ ok: false, reason: { code: 'no-network', detail: 'EADDRNOTAVAIL' } });
  });

  it('reaches a group on the interface that it is told', async () => {
    const group = '239.255.77.77';
    const member = createSocket({ type: 'udp4', reuseAddr: true });
    onTestFinished(() => void member.close());
    member.on('message', (bytes, from) => member.send(bytes, from.port, from.address));
    member.bind(0, group);
    await once(member, 'listening');
    member.addMembership(group, '127.0.0.1');
    const to = { address: group, port: member.address().port };
    const result = await ask(to, { onlyFromPeer: false, from: '127.0.0.1' });
    expect(texts(result)).toEqual(['hello']);
    expect(result).toMatchObject({ ok: true, replies: [{ address: '127.0.0.1' }] });
  });

  it('survives a flood', async () => {
    let flood: NodeJS.Timeout | undefined;
    const to = await server((_, from, socket) => {
      flood = setInterval(() => {
        for (let count = 0; count < 50; count += 1) socket.send(Buffer.alloc(1000), from.port, from.address);
      }, 5);
    });
    const result = await ask(to, { timeoutMs: 200 });
    clearInterval(flood);
    expect(result).toMatchObject({ ok: false, reason: { code: 'too-large' } });
    expect(result.ms).toBeLessThan(1000);
  });
});
