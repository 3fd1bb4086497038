import { type Family, familyOf, parseAddress } from '../../model/address.ts';
import { readPort } from '../../model/port.ts';

/** What `netstat -ano` shows of one socket that waits for packets. */
export interface NetstatRow {
  readonly protocol: 'tcp' | 'udp';
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly zone: string | null;
  readonly pid: number;
}

export const NETSTAT_ARGS: readonly string[] = ['-ano'];

/**
 * `TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 952`, `UDP [::]:123 *:* 1120`. The words between are in the system's language (ABHÖREN,
 * LISTENING, À L'ÉCOUTE) and may have spaces: a TCP socket that has no port at the far end is one that listens.
 */
const LINE = /^\s*(TCP|UDP)\s+(\S+):(\d{1,5})\s+(\S+):(\d{1,5}|\*)(?:\s+(.{0,40}?))?\s+(\d{1,10})\s*$/u;

/** Null where a line of a socket isn't understood: then nothing is said of what isn't there. */
export function parseNetstat(text: string): NetstatRow[] | null {
  const lines = text.split('\n').filter((line) => /^\s*(?:TCP|UDP)\s/u.test(line));
  const rows = lines.map(parseLine);
  return rows.some((row) => row === null)
    ? null
    : rows.flatMap((row) => (row === 'other' ? [] : (row ?? [])));
}

function parseLine(line: string): NetstatRow | 'other' | null {
  const [, word, host = '', localPort = '', far = '', farPort, state, pid] = LINE.exec(line) ?? [];
  if (word === undefined) return null;
  const protocol = word === 'TCP' ? 'tcp' : 'udp';
  if (protocol === 'tcp' ? farPort !== '0' || !isAny(far) : farPort !== '*') return 'other';
  if (protocol === 'tcp' && (state ?? '') === '') return null;
  const [bare = '', zone = null] = host.replace(/^\[(.*)\]$/u, '$1').split('%');
  const address = parseAddress(bare);
  const port = readPort(localPort);
  if (address === null) return null;
  // Port 0: a socket that has none yet.
  if (port === null) return localPort === '0' ? 'other' : null;
  return { protocol, family: familyOf(address), address, port, zone, pid: Number(pid) };
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '[::]';
