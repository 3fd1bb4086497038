import { type FoundSocket, foundSocket, isInit } from './socket.ts';

/** `-e` tells v6only; in one line a socket since iproute2 2.0, headers left out since 4.12. */
export const SS_ARGS: readonly string[] = ['-H', '-l', '-n', '-t', '-u', '-e', '-p'];

/** Netid, State, Recv-Q, Send-Q, the local address with zone and port, the peer's, and the rest. */
const LINE = /^(tcp|udp)\s+[A-Z-]+\s+\d+\s+\d+\s+(\S+)\s+\S+(.*)$/u;
/** `[::]%eth0:443`, `0.0.0.0%eth0:443`, `127.0.0.53%lo:53`, `*:443`. */
const LOCAL = /^(\[[^\]]*\]|\*|[\d.]+|[\da-f:.]+)(?:%(\S+))?:(\d+)$/iu;
/** Bounded: a name is what its program likes, and may look like the beginning of many. */
const USER = /\("(.{0,64}?)",pid=(\d{1,10}),fd=\d+\)/gu;

/** The output of `ss -H -lntuep`. Null where nothing of it is understood. */
export function parseSs(text: string): FoundSocket[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const found = lines.flatMap((line) => parseLine(line) ?? []);
  return lines.length > 0 && found.length === 0 ? null : found;
}

function parseLine(line: string): FoundSocket | null {
  const [, protocol = '', local = '', rest = ''] = LINE.exec(line) ?? [];
  const [, host, zone, port] = LOCAL.exec(local) ?? [];
  if (host === undefined || port === undefined) return null;
  return foundSocket({
    protocol,
    host: host.replace(/^\[(.*)\]$/u, '$1'),
    port,
    zone: zone ?? null,
    v6only: v6onlyOf(host, rest),
    ...ownersOf(rest),
    inode: Number(/\bino:(\d{1,15})\b/u.exec(rest)?.[1] ?? 0) || null,
  });
}

/**
 * ss prints `[::]` for v6only and `*` for both families. Where the kernel doesn't tell (it reads /proc/net then), it
 * prints `*` as well, but no `v6only:` (iproute2 misc/ss.c).
 */
function v6onlyOf(host: string, rest: string): boolean | null {
  const told = /\bv6only:([01])\b/u.exec(rest)?.[1];
  if (told !== undefined) return told === '1';
  return host === '[::]' ? true : null;
}

/** Of several that share the socket, the one that it was opened for. */
function ownersOf(rest: string): Pick<FoundSocket, 'program' | 'activated'> {
  const users = [...rest.matchAll(USER)].map(([, name = '', pid]) => ({ name, pid: Number(pid) }));
  return {
    program: users.find((user) => !isInit(user)) ?? users[0] ?? null,
    activated: users.some(isInit),
  };
}
