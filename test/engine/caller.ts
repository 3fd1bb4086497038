import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** `local_address` of /proc/net/tcp for 127.0.0.1, in the order of a little-endian machine (proc(5)). */
const LOOPBACK = '0100007F';

/**
 * The process at the other end of a connection on this machine, by the port that it comes from.
 * @throws where it can't be told, or is this very process
 */
export function callerAt(port: number | undefined): number {
  const local = `${LOOPBACK}:${(port ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const line = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((each) => each.trim().split(/\s+/u))
    .find(([, from]) => from === local);
  const socket = `socket:[${line?.[9]}]`;
  const pid = readdirSync('/proc').find((name) => /^\d+$/u.test(name) && has(name, socket));
  if (line === undefined || pid === undefined) throw new Error(`nobody is known to call from port ${port}`);
  if (Number(pid) === process.pid) throw new Error('the caller is this process itself');
  return Number(pid);
}

function has(pid: string, socket: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => isSame(`/proc/${pid}/fd/${fd}`, socket));
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

function isSame(path: string, socket: string): boolean {
  try {
    return readlinkSync(path) === socket;
  } catch {
    return false;
  }
}
