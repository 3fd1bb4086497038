import { familyOf, parseAddress } from '../../model/address.ts';
import { readPort } from '../../model/port.ts';
import { type NetstatRow, parseNetstat } from './netstat.ts';
import type { WindowsReading } from './parse.ts';

/** One socket of Windows that waits for packets. */
export interface WindowsSocket extends NetstatRow {
  /** As in the facts: only of `::`. */
  readonly v6only: boolean | null;
}

/**
 * Get-NetTCPConnection shows a socket of both families once, as `::`, exactly as one of IPv6 alone; netstat reads one table
 * for each family, and shows it in both (stablyai/orca#17861, nodejs/node#9390: a dual-mode socket opens an endpoint in each).
 * Null where neither could be read.
 */
export function socketsOf(reading: WindowsReading): WindowsSocket[] | null {
  const listed = reading.section('listeners');
  const shown = reading.section('netstat');
  const rows = 'facts' in shown ? completeNetstat(`${shown.facts.lines.join('\n')}\n`) : null;
  if ('reason' in listed) return rows === null ? null : fromNetstat(rows);
  const sockets = (['tcp', 'udp'] as const).flatMap((protocol) =>
    listed.facts[protocol].flatMap(({ address: text, port, pid }) => {
      const [bare = '', zone = null] = text.split('%');
      const address = parseAddress(bare);
      // Port 0: a socket that has none yet.
      return address === null || readPort(`${port}`) === null
        ? []
        : [{ protocol, family: familyOf(address), address, port, zone, pid }];
    }),
  );
  const own = new Set(sockets.map(keyOf));
  const withTwo = sockets.map((socket): WindowsSocket => {
    const other = { ...socket, family: 'ipv4' as const, address: '0.0.0.0' };
    const hasOwn = own.has(keyOf(other));
    return { ...socket, v6only: socket.address === '::' && !hasOwn ? v6onlyOf(socket, rows) : null };
  });
  const faces = new Set(
    withTwo.filter(({ v6only }) => v6only === false).map((each) => keyOf({ ...each, address: '0.0.0.0' })),
  );
  // What only netstat shows was opened in between, and isn't left out.
  const more = (rows ?? []).filter((row) => !own.has(keyOf(row)) && !faces.has(keyOf(row)));
  return [...withTwo, ...fromNetstat(more, rows ?? [])];
}

/** What netstat alone tells: a socket of both families is two rows of the same process. */
export const fromNetstat = (
  rows: readonly NetstatRow[],
  all: readonly NetstatRow[] = rows,
): WindowsSocket[] =>
  rows.map((row) => {
    const v6only = row.address === '::' ? v6onlyOf(row, all) : null;
    // Beside a socket of IPv4 it doesn't matter, and can't be told.
    return { ...row, v6only: v6only === true ? true : null };
  });

/**
 * The rows of a netstat that came to its end: UDP comes after TCP, and every Windows has some of both. Null where it was
 * cut off, or isn't understood.
 */
export function completeNetstat(text: string): NetstatRow[] | null {
  const rows = text.endsWith('\n') ? parseNetstat(text) : null;
  const has = (wanted: NetstatRow['protocol']): boolean =>
    rows?.some(({ protocol }) => protocol === wanted) === true;
  return has('tcp') && has('udp') ? rows : null;
}

function v6onlyOf(
  { protocol, port, pid, address }: Pick<NetstatRow, 'protocol' | 'port' | 'pid' | 'address'>,
  rows: readonly NetstatRow[] | null,
): boolean | null {
  const same = (rows ?? []).filter((row) => row.protocol === protocol && row.port === port);
  const four = same.filter((row) => row.address === '0.0.0.0');
  if (four.some((row) => row.pid === pid)) return false;
  // Only of TCP is it known that both rows are always there; and both tables have to be.
  const seenSix = same.some((row) => row.address === address && row.pid === pid);
  const hasFour = (rows ?? []).some((row) => row.protocol === 'tcp' && row.family === 'ipv4');
  return protocol === 'tcp' && four.length === 0 && seenSix && hasFour ? true : null;
}

const keyOf = ({
  protocol,
  address,
  port,
  pid,
}: Pick<NetstatRow, 'protocol' | 'address' | 'port' | 'pid'>): string =>
  `${protocol} ${address} ${port} ${pid}`;
