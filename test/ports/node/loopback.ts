import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Lets a server listen on a free loopback port until the test ends. */
export async function listen(server: Server, address = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    // Clients go when they please.
    socket.on('error', () => {});
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, address), 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return bound.port;
}

/** A TCP server that does this with each connection. */
export const serve = (handle: (socket: Socket) => void): Promise<number> => listen(createServer(handle));

/** Sends this again and again, until the other side goes. */
export function every(socket: Socket, ms: number, part: string | Buffer): void {
  const timer = setInterval(() => socket.writable && socket.write(part), ms);
  socket.on('close', () => clearInterval(timer));
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const bound = server.address();
  server.close();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  return bound.port;
}

export const never = new AbortController().signal;

/** Limits of one call that nobody interrupts. */
export const within = (timeoutMs: number) => ({ timeoutMs, signal: never });
