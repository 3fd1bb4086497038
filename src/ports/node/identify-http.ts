import { request } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { bracketed } from '../../model/address.ts';
import type { Identity } from '../../model/identity.ts';
import { plainText } from '../plain-text.ts';
import type { ServiceHint } from '../ports.ts';
import { type Limits, withinLimits } from './limits.ts';
import { nobody, nobodyBecause, nobodyInTime } from './nobody.ts';
import { sha256 } from './sha256.ts';

/** Bytes of the body that count: a page's head is well within, and a download costs no more than this. */
export const BODY_BYTES = 64 * 1024;
/** Characters kept of Server and title, and of Location. */
const TEXT_LENGTH = 200;
const LOCATION_LENGTH = 500;

type HttpIdentity = Extract<Identity, { kind: 'http' }>;

/** Asks for the page without following redirects. Where the body doesn't end in time, what came of it counts. */
export function identifyHttp(
  host: string,
  port: number,
  { name, path, preamble }: ServiceHint,
  limits: Limits,
): Promise<Identity> {
  let raw: Socket | undefined;
  let page: (() => HttpIdentity) | undefined;
  return withinLimits<Identity>(
    limits,
    (hit) => page?.() ?? nobodyInTime(hit, raw),
    (end) => {
      const socket = createConnection({ host, port, autoSelectFamily: false });
      raw = socket;
      if (preamble !== undefined) socket.write(preamble);
      const outgoing = request({
        createConnection: () => socket,
        path: encodedPath(path),
        headers: {
          host: `${name ?? bracketed(host)}${port === 80 ? '' : `:${port}`}`,
          'user-agent': 'reach4',
          accept: '*/*',
          connection: 'close',
        },
      });
      const fail = (error: unknown) => end(page?.() ?? nobodyBecause(error));
      outgoing.on('error', fail);
      outgoing.on('close', () => end(page?.() ?? nobody('closed')));
      outgoing.on('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        const read = () => describeHttp(response.statusCode ?? 0, response.headers, Buffer.concat(parts));
        page = read;
        response.on('data', (part: Buffer) => {
          parts.push(part.subarray(0, BODY_BYTES - size));
          size += part.length;
          if (size >= BODY_BYTES) end(read());
        });
        response.on('error', fail);
        response.on('end', () => end(read()));
      });
      outgoing.end();
      return () => {
        outgoing.destroy();
        socket.destroy();
      };
    },
  );
}

/** What an answer over HTTP tells of who gave it. @param body its first bytes, at most BODY_BYTES */
export function describeHttp(
  status: number,
  headers: { readonly server?: string | undefined; readonly location?: string | undefined },
  body: Buffer,
): HttpIdentity {
  // Bounded on both sides: a page of nothing but "<title" would take quadratic time otherwise.
  const title = /<title[^>]{0,200}>([^<]{0,1000})/iu.exec(body.toString('utf8'))?.[1];
  return {
    kind: 'http',
    status,
    server: headers.server === undefined ? null : plainText(headers.server, TEXT_LENGTH),
    location: headers.location === undefined ? null : plainText(headers.location, LOCATION_LENGTH),
    title: title === undefined ? null : plainText(title, TEXT_LENGTH),
    bodySha256: sha256(body),
  };
}

/** A path as it may stand in a request line; joined as text, since a leading `//` would be a host to URL. */
function encodedPath(path: string): string {
  const url = new URL(`http://host${path.startsWith('/') ? '' : '/'}${path}`);
  return `${url.pathname}${url.search}`;
}
