import { createConnection, type Socket } from 'node:net';
import type { Identity } from '../../model/identity.ts';
import { plainText } from '../plain-text.ts';
import type { ServiceHint } from '../ports.ts';
import { type Limits, withinLimits } from './limits.ts';
import { nobody, nobodyBecause, nobodyInTime } from './nobody.ts';
import { sha256 } from './sha256.ts';

/** ms; servers that speak first (SMTP, FTP, IMAP, MySQL) do so in one round trip, and most others never do. */
const BANNER_WAIT = 1_000;
/** Bytes; the first line tells who it is. RFC 5321 allows 512 for one. */
const BANNER_BYTES = 1024;
/** Characters kept of the text. */
const TEXT_LENGTH = 200;

/** Waits for what the server says first: its first line, or what came within a second. */
export function identifyBanner(
  host: string,
  port: number,
  { preamble }: Pick<ServiceHint, 'preamble'>,
  limits: Limits,
): Promise<Identity> {
  let raw: Socket | undefined;
  let received = Buffer.alloc(0);
  const banner = (): Identity | undefined =>
    received.length === 0
      ? undefined
      : {
          kind: 'banner',
          text: plainText(received.toString('utf8'), TEXT_LENGTH),
          sha256: sha256(received),
        };
  return withinLimits<Identity>(
    limits,
    (hit) => banner() ?? nobodyInTime(hit, raw),
    (end) => {
      let waiting: NodeJS.Timeout | undefined;
      const socket = createConnection({ host, port, autoSelectFamily: false });
      raw = socket;
      socket.once('connect', () => {
        if (preamble !== undefined) socket.write(preamble);
        waiting = setTimeout(() => end(banner() ?? nobody('silent')), BANNER_WAIT);
      });
      socket.on('data', (part) => {
        const all = Buffer.concat([received, part]).subarray(0, BANNER_BYTES);
        const line = all.indexOf('\n');
        received = line === -1 ? all : all.subarray(0, line + 1);
        if (line !== -1 || all.length === BANNER_BYTES) end(banner() ?? nobody('silent'));
      });
      socket.on('error', (error) => end(banner() ?? nobodyBecause(error)));
      socket.on('close', () => end(banner() ?? nobody('closed')));
      return () => {
        clearTimeout(waiting);
        socket.destroy();
      };
    },
  );
}
