import { type FoundSocket, foundSocket, isInit } from './socket.ts';

/** `-W` keeps long IPv6 addresses whole. */
export const NETSTAT_ARGS: readonly string[] = ['-l', '-n', '-t', '-u', '-p', '-W'];

/**
 * Proto, Recv-Q, Send-Q, Local Address, Foreign Address, State (UDP has none), PID/Program name (net-tools, busybox).
 * net-tools translates the state: `OUÇA` in Brazil. With `-l` it is always the same one.
 */
const LINE =
  /^(tcp|udp)(6?)\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+:\*(?:\s+[^\s\d/-]+)?(?:\s+(?:-|(\d{1,10})\/(.*)))?$/u;

/** The output of `netstat -lntupW`. It doesn't tell v6only. Null where a socket in it isn't understood. */
export function parseNetstat(text: string): FoundSocket[] | null {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const sockets = lines.filter((line) => /^(?:tcp|udp)6?\s/u.test(line));
  if (sockets.some((line) => !LINE.test(line))) return null;
  // The title is translated, the first column's name isn't. Without a list it printed something else.
  const hasHeader = lines.some((line) => /^Proto\s/u.test(line));
  const isEmpty = lines.every((line) => line === '');
  return sockets.length === 0 && !hasHeader && !isEmpty
    ? null
    : sockets.flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): FoundSocket | null {
  const [, protocol, six, host, port, pid, name] = LINE.exec(line.trimEnd()) ?? [];
  if (protocol === undefined || host === undefined || port === undefined) return null;
  const program = pid === undefined || name === undefined ? null : { name, pid: Number(pid) };
  return foundSocket({
    protocol,
    // busybox may cut `::` to `:`.
    host: six === '6' && host === ':' ? '::' : host,
    port,
    program,
    activated: program !== null && isInit(program),
  });
}
