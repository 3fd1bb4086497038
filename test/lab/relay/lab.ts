import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../src/model/error.ts';
import type { RelaySettings } from '../../../src/model/relay.ts';
import { RELAY_TIMES, type RelayTimes } from '../../../src/relay/times.ts';
import { ensurePackages } from '../../support/packages.ts';
import { guard } from '../guard.ts';
import { claimPlace, type Place, sweepStale } from '../leftovers.ts';
import { makeNetwork } from '../network.ts';
import {
  type ExecOptions,
  type ExecResult,
  entryFile,
  entryScript,
  exec,
  type LabProcess,
  type RunOptions,
  spawn,
} from '../processes.ts';
import { type Authority, startAuthority } from './authority.ts';
import { type Host, makeHost } from './host.ts';
import { type RelayHost, relayNetwork } from './topology.ts';

export interface Run {
  exec(host: RelayHost | 'inet', command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  spawn(host: RelayHost | 'inet', command: readonly string[], options?: RunOptions): LabProcess;
}

/** An internet with a relay, which is configured and doesn't run yet, and no origin that answers yet. */
export interface RelayLab extends Run, AsyncDisposable {
  /** Temporary folder; goes with the lab. */
  readonly dir: string;
  readonly authority: Authority;
  readonly host: Host;
}

interface RelayLabOptions {
  readonly settings: RelaySettings;
  readonly times?: RelayTimes;
  /** Bytes. */
  readonly originMtu?: number;
  /** Whether the host's own packet filter is there. */
  readonly firewall?: boolean;
  /** Whether the second unbound takes anything away. */
  readonly nameFilter?: boolean;
}

/** @throws UserError if the lab can't run on this machine. */
export async function startRelayLab(options: RelayLabOptions): Promise<RelayLab> {
  const reason = await ensurePackages('lab');
  if (reason !== undefined) throw new UserError(reason);
  await sweepStale();
  const place = claimPlace();
  const controller = new AbortController();
  const starting = bringUp(place, options);
  const stop = guard(place, controller, starting);
  try {
    return { ...(await starting), [Symbol.asyncDispose]: stop };
  } catch (cause) {
    await stop();
    throw new Error('The relay lab could not be started.', { cause });
  }
}

async function bringUp(
  place: Place,
  { settings, times = RELAY_TIMES, originMtu = 1500, firewall = true, nameFilter = true }: RelayLabOptions,
): Promise<Omit<RelayLab, typeof Symbol.asyncDispose>> {
  const network = relayNetwork(originMtu);
  await writeFile(entryFile(place), entryScript(place), { mode: 0o755 });
  for (const host of network.hosts) {
    const dir = join(place.dir, 'etc', host);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    await writeFile(join(dir, 'hosts'), '127.0.0.1 localhost\n::1 localhost\n');
    await writeFile(join(dir, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  }
  await makeNetwork(place, network);
  const run: Run = {
    exec: (host, command, options) => exec(place, host, command, options),
    spawn: (host, command, options) => spawn(place, host, command, options),
  };
  const [authority, host] = await Promise.all([
    startAuthority(
      place.dir,
      (command) => run.spawn('dns', command),
      (command) => run.exec('dns', command),
    ),
    makeHost(place.dir, run, { settings, times, firewall, nameFilter }),
  ]);
  return { ...run, dir: place.dir, authority, host };
}
