import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { staysOpen } from '../../src/ports/node/stays-open.ts';
import { directWay } from '../../src/proof/direct.ts';
import type { Question } from '../../src/proof/question.ts';

const HERE = '127.0.0.1';
const { signal } = new AbortController();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listening(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  }).listen(0, HERE);
  await once(server, 'listening');
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const question = (kind: 'tcp' | 'udp', port: number): Question => ({
  label: 'x',
  kind,
  port,
  hint: { protocol: 'tcp', name: null, path: '/' },
  planned: null,
});

/** With a hold that is as short as the tests can be: what is silent for a second may be closed then. */
const line = {
  net: nodePorts().net,
  clock: nodePorts().clock,
  staysOpen: (address: string, port: number, { signal: given }: { readonly signal: AbortSignal }) =>
    staysOpen(address, port, { timeoutMs: 1_500, signal: given }),
};
const look = (kind: 'tcp' | 'udp', port: number) => directWay(HERE, line).look(question(kind, port), signal);

describe('TCP', () => {
  test('a greeting is the origin’s', async () => {
    expect(await look('tcp', await listening((socket) => socket.write('220 ready\r\n')))).toEqual({
      state: 'forwards',
    });
  });

  test('silence that stays open is the origin’s', async () => {
    expect(await look('tcp', await listening(() => {}))).toEqual({ state: 'forwards' });
  });

  test('silence that is closed after a while: the relay had no origin', async () => {
    // After longer than a greeting takes, as HAProxy does when its own connection fails.
    const port = await listening((socket) => setTimeout(() => socket.destroy(), 1_200));
    expect(await look('tcp', port)).toMatchObject({ state: 'waiting', by: 'answer' });
  });

  test('nobody there', async () => {
    const port = await listening(() => {});
    await Promise.all(closing.splice(0).map((close) => close()));
    expect(await look('tcp', port)).toEqual({
      state: 'waiting',
      why: 'the connection is refused',
      by: 'refusal',
    });
  });
});

describe('UDP', () => {
  async function datagrams(answers: boolean): Promise<number> {
    const socket = createSocket('udp4');
    socket.on('message', (_, peer) => {
      if (answers) socket.send('!', peer.port, peer.address);
    });
    socket.bind(0, HERE);
    await once(socket, 'listening');
    closing.push(async () => socket.close());
    return socket.address().port;
  }

  test('an answer, silence, and a port that nobody listens on', async () => {
    expect(await look('udp', await datagrams(true))).toEqual({ state: 'forwards' });
    const silent = await datagrams(false);
    expect(await look('udp', silent)).toMatchObject({ state: 'open' });
    await Promise.all(closing.splice(0).map((close) => close()));
    expect(await look('udp', silent)).toEqual({
      state: 'waiting',
      why: 'nobody listens there yet',
      by: 'refusal',
    });
  });
});

describe('staysOpen', () => {
  const stays = async (serve: (socket: Socket) => void): Promise<boolean> =>
    staysOpen(HERE, await listening(serve), { timeoutMs: 200, signal });

  test.each<[string, (socket: Socket) => void, boolean]>([
    ['nothing happens', () => {}, true],
    ['something comes, and then it is closed', (socket) => socket.end('x'), true],
    ['closed at once', (socket) => socket.destroy(), false],
    ['half-closed', (socket) => socket.end(), false],
    ['closed after a while', (socket) => setTimeout(() => socket.destroy(), 100), false],
  ])('%s', async (_, serve, expected) => {
    expect(await stays(serve)).toBe(expected);
  });

  test('where nobody is, and where the caller gives up', async () => {
    const port = await listening(() => {});
    expect(await staysOpen(HERE, port, { timeoutMs: 200, signal: AbortSignal.abort() })).toBe(false);
    expect(await staysOpen('no address', port, { timeoutMs: 200, signal })).toBe(false);
    await Promise.all(closing.splice(0).map((close) => close()));
    expect(await staysOpen(HERE, port, { timeoutMs: 200, signal })).toBe(false);
  });
});
