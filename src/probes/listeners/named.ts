import type { ListeningSocket } from '../../model/facts/host.ts';
import type { Ports } from '../../ports/ports.ts';
import {
  DOCKER_PS,
  DOCKER_SOCKET,
  LIST_SOCKETS,
  type Owner,
  parseCgroup,
  parseDockerPs,
  parseSocketUnits,
} from './owner.ts';
import type { FoundSocket } from './socket.ts';

/** ms; a daemon that hangs must not hold up the diagnosis. */
const DAEMON_TIMEOUT = 1_000;

const NOBODY: Owner = { unit: null, container: null };

/** Adds the systemd unit and the container, as far as this user may see them. */
export async function named(
  sockets: readonly FoundSocket[],
  ports: Ports,
  signal: AbortSignal,
): Promise<ListeningSocket[]> {
  const pids = [...new Set(sockets.flatMap(({ program }) => program?.pid ?? []))];
  const owners = new Map(
    await Promise.all(pids.map(async (pid) => [pid, await ownerOf(pid, ports)] as const)),
  );
  const names = new Map(
    await Promise.all(pids.map(async (pid) => [pid, await commandOf(pid, sockets, ports)] as const)),
  );
  const ownerOfSocket = ({ program }: FoundSocket): Owner => owners.get(program?.pid ?? 0) ?? NOBODY;
  const askDockerd = sockets.some((each) => mayBePublished(each) || ownerOfSocket(each).container !== null);
  const [docker, units] = await Promise.all([
    askDockerd ? askDocker(ports, signal) : null,
    sockets.some(({ activated }) => activated) ? askSystemd(ports, signal) : null,
  ]);
  return sockets.map((socket) => {
    const { inode: _, activated, program, ...rest } = socket;
    const { unit, container } = ownerOfSocket(socket);
    const published = mayBePublished(socket)
      ? docker?.published.find(({ protocol, port }) => protocol === rest.protocol && port === rest.port)
      : undefined;
    const name = container === null ? published?.name : (docker?.names.get(container) ?? container);
    return {
      ...rest,
      program:
        program === null
          ? null
          : programOf(
              { ...program, name: names.get(program.pid ?? 0) ?? program.name },
              unit,
              activated,
              units?.get(rest.port) ?? null,
            ),
      container: name ?? null,
    };
  });
}

/** Whose a socket is that shows no program may be seen by a member of the group docker. */
const mayBePublished = ({ program }: FoundSocket): boolean =>
  program === null || /^docker/u.test(program.name);

/** Where systemd opens the socket, its unit is what has to be changed, not the service's. */
function programOf(
  program: NonNullable<FoundSocket['program']>,
  unit: string | null,
  activated: boolean,
  socketUnit: string | null,
): NonNullable<ListeningSocket['program']> {
  if (!activated) return { ...program, unit };
  return socketUnit === null ? { name: 'systemd', pid: 1, unit: null } : { ...program, unit: socketUnit };
}

/** What Node and some others call their first thread, which is what the kernel shows as the program's name. */
export const THREAD_NAMES: readonly string[] = ['MainThread', 'main', 'node-MainThread'];

/** The command behind a thread's name, as its first word says; null where the name tells already. */
async function commandOf(
  pid: number,
  sockets: readonly FoundSocket[],
  { files }: Ports,
): Promise<string | null> {
  const name = sockets.find(({ program }) => program?.pid === pid)?.program?.name;
  if (name === undefined || !THREAD_NAMES.includes(name)) return null;
  const line = await files.read(`/proc/${pid}/cmdline`).catch(() => null);
  const word = line?.split('\0')[0]?.split('/').at(-1) ?? '';
  return /^[\w.+-]{1,64}$/u.test(word) ? word : null;
}

async function askSystemd({ exec }: Ports, signal: AbortSignal): Promise<Map<number, string> | null> {
  const result = await exec.run('systemctl', LIST_SOCKETS, { timeoutMs: DAEMON_TIMEOUT, signal });
  return result?.exitCode === 0 ? parseSocketUnits(result.stdout) : null;
}

async function ownerOf(pid: number, { files }: Ports): Promise<Owner> {
  const text = await files.read(`/proc/${pid}/cgroup`).catch(() => null);
  return text === null ? NOBODY : parseCgroup(text);
}

async function askDocker({ files, exec }: Ports, signal: AbortSignal) {
  if (!(await files.exists(DOCKER_SOCKET).catch(() => false))) return null;
  const result = await exec.run('docker', DOCKER_PS, { timeoutMs: DAEMON_TIMEOUT, signal });
  return result?.exitCode === 0 ? parseDockerPs(result.stdout) : null;
}
