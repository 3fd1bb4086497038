import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseAddress } from '../../model/address.ts';

/** A request that has arrived as a whole. */
export interface HttpServerRequest {
  readonly method: string;
  /** The request target as sent: hostile text. */
  readonly path: string;
  /** Who connected, canonical text: a reverse proxy where there is one. */
  readonly remoteAddress: string;
  /** A header's value (name in lower case), null where it is absent. */
  header(name: string): string | null;
  /** Null where it is larger than `limits.bodyBytes`. */
  readonly body: Uint8Array | null;
}

export interface HttpServerReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a request; the signal fires when the caller has gone. A rejection closes the connection without an answer. */
export type HttpServerHandler = (request: HttpServerRequest, signal: AbortSignal) => Promise<HttpServerReply>;

export interface HttpServerLimits {
  /** Largest request body, bytes. */
  readonly bodyBytes: number;
  /** Largest head of a request (request line and headers), bytes. */
  readonly headerBytes: number;
  /** Milliseconds from the connection until the head is complete. */
  readonly headersMs: number;
  /** Milliseconds from the connection until the body is complete. */
  readonly requestMs: number;
  /** Milliseconds without a byte in either direction: has to exceed the longest answer. */
  readonly idleMs: number;
  /** How often the first two are enforced, milliseconds. */
  readonly checkMs: number;
  /** Connections at once. */
  readonly connections: number;
  /** Connections at once from one source. */
  readonly connectionsPerSource: number;
}

interface HttpServerOptions {
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly limits: HttpServerLimits;
  /** What counts as one source; null where the address isn't to be counted. */
  readonly sourceOf: (address: string) => string | null;
  readonly handle: HttpServerHandler;
}

export interface HttpServer {
  readonly port: number;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/** The world's side of an HTTP/1.1 server: one request a connection, bounded in size, time and number. */
export interface HttpListener {
  /**
   * Listening on `::` takes IPv4 as well.
   * @throws the system's error where the address can't be listened on (EADDRINUSE, EACCES, EADDRNOTAVAIL, …).
   */
  listen(options: HttpServerOptions): Promise<HttpServer>;
}

export const nodeHttpListener: HttpListener = {
  async listen(options) {
    const { limits } = options;
    const server = createServer(
      {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        connectionsCheckingInterval: limits.checkMs,
        keepAlive: false,
      },
      (request, response) => void serve(request, response, options),
    );
    server.maxConnections = limits.connections;
    server.timeout = limits.idleMs;
    limitSources(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.address, port: options.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const bound = server.address();
    return {
      port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  },
};

function limitSources(
  server: ReturnType<typeof createServer>,
  { limits, sourceOf }: HttpServerOptions,
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = parseAddress(socket.remoteAddress ?? '');
    // No address: the peer has gone already.
    if (address === null) return socket.destroy();
    const source = sourceOf(address);
    if (source === null) return;
    const count = open.get(source) ?? 0;
    if (count >= limits.connectionsPerSource) return socket.destroy();
    open.set(source, count + 1);
    socket.once('close', () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left === 0) open.delete(source);
      else open.set(source, left);
    });
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { limits, handle }: HttpServerOptions,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const remoteAddress = parseAddress(request.socket.remoteAddress ?? '');
    if (remoteAddress === null) throw new Error('the caller has gone');
    const reply = await handle(
      {
        method: request.method ?? '',
        path: request.url ?? '',
        remoteAddress,
        header: (name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? value : null;
        },
        body: await readBody(request, limits.bodyBytes),
      },
      gone.signal,
    );
    response.writeHead(reply.status, {
      ...reply.headers,
      'content-length': String(Buffer.byteLength(reply.body)),
      // One request a connection: nothing to keep open for a stranger, and no request smuggled behind another.
      connection: 'close',
    });
    response.end(reply.body);
  } catch {
    response.destroy();
  }
}

/** @throws Error where the caller goes away, or is too slow, before the body is complete. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The request isn't destroyed when it is too large: the connection is needed for the answer.
  const stream: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
