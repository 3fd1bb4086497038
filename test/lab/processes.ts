import { spawn as spawnProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { Place } from './leftovers.ts';

export interface RunOptions {
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** A user of the machine to become; root where it isn't given. */
  asUser?: string;
}

export interface ExecOptions extends RunOptions {
  input?: string;
  /** Afterwards the command is ended and `exec` throws. */
  timeoutMs?: number;
  /** Gives the command this process's own input and outputs, without limit of time; nothing is captured then. */
  terminal?: boolean;
}

export interface ExecResult {
  stdout: string;
  stderr: string;
  /** 128 + the number of the signal where one ended it, as a shell counts. */
  exitCode: number;
}

/** A process in a namespace that goes on until it ends itself, is killed, or the world stops. */
export interface LabProcess {
  readonly pid: number;
  /** The exit code, counted as in `ExecResult`. */
  readonly exited: Promise<number>;
  /** All it has written so far, on both outputs. */
  output(): string;
  /** Waits until the output matches. Throws if the process ends before that, or after `timeoutMs`. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  kill(signal?: NodeJS.Signals): void;
}

/** ms; everything that the lab starts is ready within a second on an idle machine. */
const READY_TIMEOUT = 20_000;
const EXEC_TIMEOUT = 30_000;
/** ms; between looks at an output. */
const POLL = 10;

/**
 * `enter HOST USER COMMAND…`. Shows the host's own files in /etc, its own /run (locks, the message bus) and folders of /var/lib
 * where it has any, and the namespace's own /sys, in a mount namespace that goes with the process; then becomes the user and the command. `slave`, because a namespace that `ip netns` removes
 * must not live on in the mounts of another world's processes. The machine's proxies can't be reached from here.
 */
export function entryScript({ id, dir }: Place): string {
  return `#!/bin/sh
host=$1 user=$2
shift 2
exec nsenter --net=/run/netns/${id}-"$host" -- unshare --mount --propagation slave -- /bin/sh -eu -c '
user=$1 files=$2 run=$3 lib=$4
shift 4
for file in "$files"/*; do mount --bind "$file" "/etc/\${file##*/}"; done
[ ! -d "$run" ] || mount --bind "$run" /run
[ ! -d "$lib" ] || for folder in "$lib"/*; do mount --bind "$folder" "/var/lib/\${folder##*/}"; done
mount -t sysfs sysfs /sys
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
[ "$user" = root ] || exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
exec "$@"
' lab "$user" "${dir}/etc/$host" "${dir}/run/$host" "${dir}/lib/$host" "$@"
`;
}

export function namespaceName({ id }: Place, host: string): string {
  return `${id}-${host}`;
}

/** The program that runs a command on a host of this world; people may use it too. */
export function entryFile({ dir }: Place): string {
  return join(dir, 'enter');
}

/** Commands that have the terminal now. */
const foreground = new Set<Promise<unknown>>();

/** Waits until no command has the terminal. */
export async function foregroundEnded(): Promise<void> {
  await Promise.allSettled(foreground);
}

/** Runs a command on a host to its end. A failing command is a result, not an error. */
export async function exec(
  place: Place,
  host: string,
  command: readonly string[],
  { asUser = 'root', cwd, env, input, terminal = false, timeoutMs = EXEC_TIMEOUT }: ExecOptions = {},
): Promise<ExecResult> {
  const running = execa(entryFile(place), [host, asUser, ...command], {
    reject: false,
    timeout: terminal ? 0 : timeoutMs,
    ...(terminal ? { stdio: 'inherit' as const } : { input: input ?? '' }),
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (terminal) foreground.add(running);
  const result = await running.finally(() => foreground.delete(running));
  const { exitCode, signal, stderr, stdout } = result;
  const code = exitCode ?? codeOf(signal);
  if (result.timedOut || code === undefined) {
    throw new Error(`${command.join(' ')} on ${host}: ${result.message}`, { cause: result });
  }
  return { stdout: String(stdout ?? ''), stderr: String(stderr ?? ''), exitCode: code };
}

let logs = 0;

/** Starts a command on a host and leaves it running. */
export function spawn(
  place: Place,
  host: string,
  command: readonly string[],
  { asUser = 'root', cwd, env }: RunOptions = {},
): LabProcess {
  const name = `${command.join(' ')} on ${host}`;
  logs += 1;
  const log = join(place.dir, `${logs}-${host}.log`);
  const out = openSync(log, 'a');
  // In its own session: Ctrl-C on the terminal reaches the diagnosis, and the servers stay until it has reported.
  const child = spawnProcess(entryFile(place), [host, asUser, ...command], {
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
    cwd,
  });
  closeSync(out);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started.`);
  let over = false;
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      over = true;
      resolve(code ?? codeOf(signal) ?? 1);
    });
  });
  const output = () => readFileSync(log, 'utf8');
  return {
    pid,
    exited,
    output,
    async waitFor(pattern, timeoutMs = READY_TIMEOUT) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const ended = over;
        const match = pattern.exec(output());
        if (match !== null) return match;
        if (ended) throw new Error(`${name} ended before it wrote ${pattern}:\n${output()}`);
        if (Date.now() > deadline) throw new Error(`${name} never wrote ${pattern}:\n${output()}`);
        await delay(POLL);
      }
    },
    kill(signal = 'SIGTERM') {
      if (!over) process.kill(pid, signal);
    },
  };
}

function codeOf(signal: NodeJS.Signals | null | undefined): number | undefined {
  return signal === null || signal === undefined ? undefined : 128 + constants.signals[signal];
}
