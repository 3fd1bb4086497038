import { type FoundSocket, foundSocket } from './socket.ts';

/** The kernel's tables; `proc(5)`. */
export const PROC_TABLES: readonly (readonly [protocol: 'tcp' | 'udp', path: string])[] = [
  ['tcp', '/proc/net/tcp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp'],
  ['udp', '/proc/net/udp6'],
];

/** sl, local_address, rem_address, st, queues, timer, retrnsmt, uid, timeout, inode. */
const LINE =
  /^\s*\d+: ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]+):([\dA-F]{4}) ([\dA-F]{2})(?:\s+\S+){3}\s+\d+\s+\d+\s+(\d{1,15})\b/u;
/** States of a socket that waits: TCP_LISTEN, and TCP_CLOSE for UDP without a peer (include/net/tcp_states.h). */
const WAITS = { tcp: '0A', udp: '07' } as const;

/** One of the tables. They don't tell v6only, nor an interface. */
export function parseProcTable(protocol: 'tcp' | 'udp', text: string, littleEndian: boolean): FoundSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, address, port, , , state, inode] = LINE.exec(line) ?? [];
    if (address === undefined || port === undefined || state !== WAITS[protocol]) return [];
    const host = addressOf(address, littleEndian);
    const found = foundSocket({
      protocol,
      host,
      port: String(Number.parseInt(port, 16)),
      inode: Number(inode) || null,
    });
    return found === null ? [] : [found];
  });
}

/** Written as 32-bit numbers in the machine's own order, of bytes in the network's. */
function addressOf(hex: string, littleEndian: boolean): string {
  const bytes = (hex.match(/.{8}/gu) ?? []).flatMap((word) => {
    const four = (word.match(/../gu) ?? []).map((byte) => Number.parseInt(byte, 16));
    return littleEndian ? four.reverse() : four;
  });
  if (bytes.length === 4) return bytes.join('.');
  const groups = bytes.flatMap((byte, index) =>
    index % 2 === 0 ? [((byte << 8) | (bytes[index + 1] ?? 0)).toString(16)] : [],
  );
  return groups.join(':');
}

/** Lists every readable process's open files: a shell, because it takes a pattern. It fails for other users' processes, and for those that end meanwhile. */
export const LIST_FILES = ['sh', '-c', 'ls -ln /proc/[0-9]*/fd 2>/dev/null || :'] as const;

/** Which process has which socket, by inode; the first where several share it. */
export function parseOwners(text: string): Map<number, number> {
  const owners = new Map<number, number>();
  let pid: number | null = null;
  for (const line of text.split('\n')) {
    const folder = /^\/proc\/(\d{1,10})\/fd:$/u.exec(line)?.[1];
    if (folder !== undefined) pid = Number(folder);
    const inode = Number(/ -> socket:\[(\d{1,15})\]$/u.exec(line)?.[1] ?? 0);
    if (pid !== null && inode !== 0 && !owners.has(inode)) owners.set(inode, pid);
  }
  return owners;
}
