/**
 * The servers of a host, in one process: started by the lab inside a namespace with the listeners to open, as JSON, in
 * its only argument. Prints `ready` once all of them are open.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps, request } from 'node:https';
import { createServer as createTcp, type Server } from 'node:net';
import { openUdp } from './udp-service.ts';

/** One open port. */
export interface Listener {
  /**
   * `page`: a web page that tells who answered. `whoami`: the client's address. `ssh`: the greeting of an SSH server.
   * `proxy`: passes requests on to `origin` over TLS, as the edge of a content network does. `dns` and `wireguard`: over UDP.
   */
  kind: 'page' | 'whoami' | 'ssh' | 'proxy' | 'dns' | 'wireguard';
  port: number;
  families: 'both' | '4' | '6';
  /** Instead of any address of the families. */
  address?: string;
  /** Number of a socket that is open already. */
  descriptor?: number;
  /** Prefix of the files `.key` and `.crt`; without it the port speaks plain HTTP. */
  tls?: string;
  /** Of `page`: who answers. */
  text?: string;
  /** Of `proxy`: an address. */
  origin?: string;
}

/** As OpenSSH of Debian 12 greets (RFC 4253, section 4.2). */
const SSH_GREETING = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n';

/** ms; an edge gives up on an origin that doesn't answer. */
const ORIGIN_TIMEOUT = 5_000;

const listeners: Listener[] = JSON.parse(process.argv[2] ?? '[]');
await Promise.all(listeners.map(open));
console.log('ready');

function open(listener: Listener): Promise<void> {
  const any = {
    both: { host: '::' },
    4: { host: '0.0.0.0' },
    6: { host: '::', ipv6Only: true },
  }[listener.families];
  const { address, descriptor, port } = listener;
  if (listener.kind === 'dns' || listener.kind === 'wireguard') {
    return openUdp(listener.kind, { ...(address === undefined ? any : { host: address }), port });
  }
  const server = serverOf({ ...listener, kind: listener.kind });
  const bound = { ...(address === undefined ? any : { host: address }), port };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(descriptor === undefined ? bound : { fd: descriptor }, resolve);
  });
}

function serverOf(listener: Listener & { kind: Exclude<Listener['kind'], 'dns' | 'wireguard'> }): Server {
  if (listener.kind === 'ssh') {
    return createTcp((socket) => {
      socket.on('error', () => socket.destroy());
      socket.write(SSH_GREETING);
    });
  }
  const handler = { page, whoami, proxy }[listener.kind](listener);
  if (listener.tls === undefined) return createHttp(handler);
  const { tls } = listener;
  return createHttps({ key: readFileSync(`${tls}.key`), cert: readFileSync(`${tls}.crt`) }, handler);
}

function page({ text = '' }: Listener): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(`${text}\n`);
  };
}

function whoami(): RequestListener {
  return ({ socket }, response) => {
    response.setHeader('content-type', 'text/plain');
    // A dual-stack socket names IPv4 clients in their mapped form (RFC 4291, section 2.5.5.2).
    response.end(`${socket.remoteAddress?.replace(/^::ffff:/u, '')}\n`);
  };
}

function proxy({ origin }: Listener): RequestListener {
  return (incoming, response) => {
    response.setHeader('server', 'cloudflare');
    response.setHeader('cf-ray', '8f2b3c4d5e6f7a8b-FRA');
    const fail = () => {
      // Cloudflare's own status for an origin that can't be reached.
      response.statusCode = 522;
      response.end();
    };
    const { method, url: path, headers } = incoming;
    const servername = headers.host?.replace(/:\d+$/u, '') ?? '';
    const options = { host: origin, method, path, headers, servername, timeout: ORIGIN_TIMEOUT };
    const outgoing = request({ ...options, rejectUnauthorized: false }, (answer) => {
      response.statusCode = answer.statusCode ?? 502;
      answer.pipe(response);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', fail);
    incoming.pipe(outgoing);
  };
}
