import { type FoundSocket, foundSocket, isInit } from './socket.ts';

/** `-W` keeps long IPv6 addresses whole. */
export const NETSTAT_ARGS: readonly string[] = ['-l', '-n', '-t', '-u', '-p', '-W'];

/** Proto, Recv-Q, Send-Q, Local Address, Foreign Address, State (UDP has none), PID/Program name (net-tools, busybox). */
const LINE =
  /^(tcp|udp)(6?)\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+:\*(?:\s+LISTEN)?(?:\s+(?:-|(\d{1,10})\/(.*)))?$/u;

/** The output of `netstat -lntupW`. It doesn't tell v6only. Null where nothing of it is understood. */
export function parseNetstat(text: string): FoundSocket[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const found = lines.flatMap((line) => parseLine(line) ?? []);
  const isEmptyList = lines.length === 0 || lines.every((line) => /^(?:Active |Proto )/u.test(line));
  return found.length === 0 && !isEmptyList ? null : found;
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
