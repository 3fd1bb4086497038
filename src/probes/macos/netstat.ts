import { type FoundSocket, foundSocket } from '../listeners/socket.ts';

/**
 * All sockets of a protocol, also without root. `-W` keeps addresses whole, `-v` adds whose they are.
 * @param protocol `tcp` or `udp`
 */
export const netstatArgs = (protocol: 'tcp' | 'udp'): readonly string[] => ['-anvW', '-p', protocol];

/** Proto, Recv-Q, Send-Q, the local and the foreign address, the state of TCP, and the rest. */
const LINE = /^(tcp|udp)(4|6|46)\s+\d+\s+\d+\s+(\S+)\.(\d{1,5})\s+(\S+)(.*)$/u;
const HEADER = /^Proto\s+Recv-Q\s+Send-Q\s+Local Address\s+Foreign Address\s+\(state\)(.*)$/mu;

/**
 * The output of `netstat -anvW -p tcp`; null where it has no header, or a line that isn't whole.
 *
 * `tcp46` is a socket of both families, `tcp6` one without IPv4: the two letters are the kernel's INP_IPV6 and INP_IPV4
 * (network_cmds netstat.tproj/inet.c), and tcp6_usr_bind() sets INP_IPV4 for `::` unless IPV6_V6ONLY is set (xnu
 * bsd/netinet/tcp_usrreq.c; for UDP udp6_bind()).
 */
export function parseNetstat(text: string): FoundSocket[] | null {
  const columns = HEADER.exec(text)?.[1];
  if (columns === undefined || !text.endsWith('\n')) return null;
  return text.split('\n').flatMap((line) => parseLine(line, columns) ?? []);
}

function parseLine(line: string, columns: string): FoundSocket | null {
  const [, protocol, families, host = '', port, peer, more = ''] = LINE.exec(line) ?? [];
  if (protocol === undefined || port === undefined || peer !== '*.*') return null;
  const [, state, rest = ''] = /^\s+([A-Z][A-Z_\d]+)\b(.*)$/u.exec(more) ?? [];
  if (protocol === 'tcp' && state !== 'LISTEN') return null;
  const [address = '', zone] = host.split('%');
  const any = families === '4' ? '0.0.0.0' : '::';
  return foundSocket({
    protocol,
    host: address === '*' ? any : address,
    port,
    zone: zone ?? null,
    v6only: families === '46' ? false : families === '6' ? true : null,
    program: programOf(state === undefined ? more : rest, columns),
  });
}

/** `pid` stands among the numbers, since macOS 26 `process:pid` behind them. It is who last used the socket. */
function programOf(rest: string, columns: string): FoundSocket['program'] {
  const names = columns.trim().split(/\s+/u);
  const at = names.findIndex((name) => name === 'process:pid' || name === 'pid');
  if (at === -1) return null;
  if (names[at] === 'pid') {
    const pid = rest.trim().split(/\s+/u)[at] ?? '';
    return /^[1-9]\d{0,9}$/u.test(pid) ? { name: '', pid: Number(pid) } : null;
  }
  const front = new RegExp(`^(?:\\s+\\S+){${at}}\\s+(\\S.{0,63}?):([1-9]\\d{0,9})\\s`, 'u').exec(rest);
  const [, name, pid] = front ?? [];
  return name === undefined ? null : { name, pid: Number(pid) };
}
