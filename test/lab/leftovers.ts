import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa, execaSync } from 'execa';

/** Where `ip netns` keeps the names of network namespaces (ip-netns(8)). */
const NETNS_DIR = '/run/netns';

/** `r4-<pid>-<n>`: whose it is can be read from every name that a run leaves. */
const ID = /^r4-(\d+)-\d+(?=-|$)/u;

/** ms; what processes get to end by themselves. `named` takes about 50. */
const GRACE = 1_000;
/** ms; between looks at whether they have. */
const POLL = 10;

/** `-force` goes on after a line that fails: two processes may sweep up after the same third one. */
const DELETE = ['-force', '-batch', '-'];

/** Everything that a world has put on the machine: all namespaces named after its id, and its folder. */
export interface Place {
  readonly id: string;
  readonly dir: string;
}

/** Makes the folder of a new world, under a name that no other has. */
export function claimPlace(): Place {
  for (let n = 1; ; n += 1) {
    const id = `r4-${process.pid}-${n}`;
    const dir = join(tmpdir(), id);
    try {
      mkdirSync(dir, { mode: 0o755 });
      return { id, dir };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** Ends all processes of a world, kindly and then not, and removes its namespaces and its folder. */
export async function clear({ id, dir }: Place): Promise<void> {
  const namespaces = namespacesOf(id);
  const patience = Date.now() + GRACE;
  signal(processesIn(namespaces), 'SIGTERM');
  while (processesIn(namespaces).length > 0 && Date.now() < patience) await delay(POLL);
  for (let left = processesIn(namespaces); left.length > 0; left = processesIn(namespaces)) {
    signal(left, 'SIGKILL');
    await delay(POLL);
  }
  const { stderr } = await execa('ip', DELETE, { input: deletion(namespaces), reject: false });
  const left = namespacesOf(id);
  if (left.length > 0) throw new Error(`${left.join(', ')} could not be removed: ${stderr}`);
  await rm(dir, { recursive: true, force: true });
}

/** The same at once and without kindness, for a process that is about to exit. */
export function clearNow({ id, dir }: Place): void {
  const namespaces = namespacesOf(id);
  signal(processesIn(namespaces), 'SIGKILL');
  execaSync('ip', DELETE, { input: deletion(namespaces), reject: false });
  rmSync(dir, { recursive: true, force: true });
}

/** Removes what runs of the lab left whose process was killed. */
export async function sweepStale(): Promise<void> {
  const names = [...list(NETNS_DIR), ...list(tmpdir())];
  const ids = new Set(names.map((name) => ID.exec(name)?.[0]).filter((id) => id !== undefined));
  for (const id of ids) {
    const pid = Number(ID.exec(id)?.[1]);
    if (!isAlive(pid)) await clear({ id, dir: join(tmpdir(), id) });
  }
}

/** Names of the namespaces of a world that exist now. */
export function namespacesOf(id: string): string[] {
  return list(NETNS_DIR).filter((name) => name.startsWith(`${id}-`));
}

/** Processes that are in any of these network namespaces, whoever started them. */
export function processesIn(namespaces: readonly string[]): number[] {
  const networks = new Set(namespaces.map(networkNamed).filter((network) => network !== undefined));
  if (networks.size === 0) return [];
  return list('/proc')
    .filter((name) => /^\d+$/u.test(name) && networks.has(networkOf(name) ?? ''))
    .map(Number);
}

/** As the kernel names it in /proc. */
function networkNamed(name: string): string | undefined {
  const stats = statSync(join(NETNS_DIR, name), { throwIfNoEntry: false });
  return stats && `net:[${stats.ino}]`;
}

function networkOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

function deletion(namespaces: readonly string[]): string {
  return namespaces.map((name) => `netns del ${name}\n`).join('');
}

function list(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
