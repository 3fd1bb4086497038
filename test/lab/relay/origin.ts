/**
 * Servers for the relay's lab, in one process: started with the listeners to open, as JSON, in its only argument. Prints `ready`
 * once all of them are open, and then a line for each thing that tests ask about.
 */
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type Server, type Socket } from 'node:net';

/** One open port. */
export interface OriginListener {
  /**
   * `echo`: what comes goes back, the end, too. `late`: waits for the end, and then answers after a second. `early`: says
   * all it has to say at once, ends, and tells how much came after that. `digest`: answers with the SHA-256 of all that
   * came. `source`: sends as many bytes as the client says, then their SHA-256. `head`: answers with where it was asked, who asked, and the first bytes that came, as hexadecimal text. `page`: a web page that tells the request, as JSON; switches to an echo where a WebSocket is asked for. `witness`: says nothing, but tells that somebody came, also by
   * datagram. `datagrams`: every datagram goes back, after where it was received and the port that it came from.
   */
  readonly kind: 'datagrams' | 'echo' | 'late' | 'early' | 'digest' | 'source' | 'head' | 'page' | 'witness';
  readonly address: string;
  readonly port: number;
  /** Who answers, on pages. */
  readonly name?: string;
  /** Prefix of the files `.key` and `.crt`. */
  readonly tls?: string;
}

/** ms; an answer that takes work. */
const LATE = 1_000;

function open(listener: OriginListener): Promise<void> {
  if (listener.kind === 'datagrams')
    return openUdp(listener, ({ address }, port, text) => `${address} ${port} ${text}`);
  const opened = openTcp(listener);
  if (listener.kind !== 'witness') return opened;
  return Promise.all([opened, openUdp(listener, came)]).then(() => undefined);
}

function openTcp(listener: OriginListener): Promise<void> {
  const server = serverOf(listener);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: listener.address, port: listener.port, backlog: 4_096 }, resolve);
  });
}

/** @param answer What goes back to who sent a datagram; nothing where it is empty. */
function openUdp(
  listener: OriginListener,
  answer: (listener: OriginListener, port: number, text: string) => string,
): Promise<void> {
  const { address, port } = listener;
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => {
    const text = answer(listener, from.port, message.toString());
    if (text !== '') socket.send(text, from.port, from.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, resolve);
  });
}

function came({ address, port }: OriginListener): string {
  console.log(`came ${address} ${port}`);
  return '';
}

function serverOf(listener: OriginListener): Server {
  if (listener.kind !== 'page' && listener.kind !== 'datagrams') {
    const serve = TCP[listener.kind];
    return createTcp({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      serve(socket, listener);
    });
  }
  const handler = page(listener);
  const server =
    listener.tls === undefined
      ? createHttp(handler)
      : createHttps(
          { key: readFileSync(`${listener.tls}.key`), cert: readFileSync(`${listener.tls}.crt`) },
          handler,
        );
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    console.log(`upgrade ${request.headers.upgrade} ${request.url}`);
    socket.on('error', () => socket.destroy());
    // RFC 6455, section 4.2.2: HAProxy looks whether it is right.
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: upgrade',
      `Upgrade: ${request.headers.upgrade}`,
    ];
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
    socket.pipe(socket);
  });
  return server;
}

const TCP: Readonly<
  Record<
    Exclude<OriginListener['kind'], 'page' | 'datagrams'>,
    (socket: Socket, listener: OriginListener) => void
  >
> = {
  echo: (socket) => socket.pipe(socket),
  late(socket) {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('end', () => setTimeout(() => socket.end(`late ${bytes}`), LATE));
  },
  early(socket) {
    let bytes = 0;
    socket.end('early');
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('end', () => console.log(`early ${bytes}`));
  },
  digest(socket) {
    const hash = createHash('sha256');
    socket.on('data', (chunk) => hash.update(chunk));
    socket.on('end', () => socket.end(hash.digest('hex')));
  },
  source(socket) {
    socket.once('data', (chunk) => void send(socket, Number(chunk.toString())));
  },
  head(socket) {
    socket.once('data', (chunk) => {
      socket.end(`${socket.localAddress} ${socket.remoteAddress} ${chunk.toString('hex')}`);
    });
  },
  witness(socket, listener) {
    came(listener);
    socket.destroy();
  },
};

/** Bytes of a block that differs from all others by the counter at its beginning. */
const BLOCK = 65_536;

async function send(socket: Socket, bytes: number): Promise<void> {
  const hash = createHash('sha256');
  for (let sent = 0; sent < bytes; sent += BLOCK) {
    const block = Buffer.alloc(BLOCK, 'relay');
    block.writeUInt32BE(sent / BLOCK);
    hash.update(block);
    if (!socket.write(block)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  socket.end(hash.digest());
}

function page({ name = '', tls }: OriginListener) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { headers, method, socket, url } = request;
    console.log(`page ${name} ${method} ${headers.host} ${url}`);
    response.setHeader('content-type', 'application/json');
    const rawHeaders = request.rawHeaders.map((text) => text.toLowerCase());
    const peer = socket.remoteAddress;
    response.end(JSON.stringify({ name, tls: tls !== undefined, method, url, headers, rawHeaders, peer }));
  };
}

const listeners: OriginListener[] = JSON.parse(process.argv[2] ?? '[]');
await Promise.all(listeners.map(open));
console.log('ready');
