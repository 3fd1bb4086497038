/** This machine, as far as locks tell of it. */
interface Machine {
  readonly hostName: string;
  isAlive(pid: number): boolean;
}

/** The engine's words for one lock (pulumi, pkg/backend/diy/lock.go, checkForLock). */
const LOCK = /: created by .*@(\S+) \(pid (\d+)\) at /gu;

/**
 * Which processes left the locks that the engine tells of.
 * @param said everything that the engine said
 * @returns their ids; null where one is, or may be, still at work: here, or on another machine
 */
export function deadLockHolders(said: string, { hostName, isAlive }: Machine): number[] | null {
  const locks = [...said.matchAll(LOCK)].map(([, host, pid]) => ({ host, pid: Number(pid) }));
  const stale = locks.length > 0 && locks.every(({ host, pid }) => host === hostName && !isAlive(pid));
  return stale ? [...new Set(locks.map(({ pid }) => pid))] : null;
}
