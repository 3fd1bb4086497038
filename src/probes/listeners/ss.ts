import { type FoundSocket, foundSocket, isInit } from './socket.ts';

/** `-e` tells v6only; in one line a socket since iproute2 2.0, headers left out since 4.12. */
export const SS_ARGS: readonly string[] = ['-H', '-l', '-n', '-t', '-u', '-e', '-p'];

/** Netid, State, Recv-Q, Send-Q, the local address with zone and port, the peer's, and the rest. */
const LINE = /^(tcp|udp)\s+[A-Z-]+\s+\d+\s+\d+\s+(\S+)\s+\S+(.*)$/u;
/** `[::]%eth0:443`, `0.0.0.0%eth0:443`, `127.0.0.53%lo:53`, `*:443`. */
const LOCAL = /^(\[[^\]]*\]|\*|[\d.]+|[\da-f:.]+)(?:%(\S+))?:(\d+)$/iu;
/** Bounded: a name is what its program likes, and may look like the beginning of many. */
const USER = /\("(.{0,64}?)",pid=(\d{1,10}),fd=\d+\)/gu;

/** The output of `ss -H -lntuep`. Null where a line of it isn't understood. */
export function parseSs(text: string): FoundSocket[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const sockets = lines.map(partsOf);
  const star = meaningOfStar(sockets);
  const found: FoundSocket[] = [];
  for (const parts of sockets) {
    if (parts === null || (parts.host === '*' && star === null && !V6ONLY.test(parts.rest))) return null;
    const socket = socketOf(parts, star ?? '*');
    if (socket !== null) found.push(socket);
  }
  return found;
}

interface Parts {
  readonly protocol: string;
  /** Brackets included. */
  readonly host: string;
  readonly zone: string | null;
  readonly port: string;
  readonly rest: string;
}

function partsOf(line: string): Parts | null {
  const [, protocol = '', local = '', rest = ''] = LINE.exec(line) ?? [];
  const [, host, zone = null, port] = LOCAL.exec(local) ?? [];
  return host === undefined || port === undefined ? null : { protocol, host, zone, port, rest };
}

/**
 * What `*` stands for: up to iproute2 4.13 for all of IPv4 (all of IPv6 is `:::443`, without brackets), since 4.14 for
 * all of both families (misc/ss.c, inet_addr_print()). Null where no line tells which.
 */
function meaningOfStar(sockets: readonly (Parts | null)[]): '*' | '0.0.0.0' | null {
  const hosts = sockets.flatMap((parts) => parts?.host ?? []);
  if (hosts.some((host) => host.includes(':') && !host.startsWith('['))) return '0.0.0.0';
  const isNew =
    hosts.some((host) => host.startsWith('[') || host === '0.0.0.0') ||
    sockets.some((parts) => parts?.host === '*' && V6ONLY.test(parts.rest));
  return isNew || !hosts.includes('*') ? '*' : null;
}

const V6ONLY = /\bv6only:([01])\b/u;

function socketOf({ protocol, host, zone, port, rest }: Parts, star: '*' | '0.0.0.0'): FoundSocket | null {
  return foundSocket({
    protocol,
    host: host === '*' ? star : host.replace(/^\[(.*)\]$/u, '$1'),
    port,
    zone,
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
  const told = V6ONLY.exec(rest)?.[1];
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
