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

/** An internet whose host `relay` has nothing but its addresses, and whose origin doesn't answer yet. */
export interface Internet extends Run, AsyncDisposable {
  /** Temporary folder; goes with the lab. */
  readonly dir: string;
  readonly authority: Authority;
}

/** The same with a relay, which is configured and doesn't run yet. */
export interface RelayLab extends Internet {
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
export async function startRelayLab({
  settings,
  times = RELAY_TIMES,
  originMtu = 1500,
  firewall = true,
  nameFilter = true,
}: RelayLabOptions): Promise<RelayLab> {
  const { made, ...internet } = await startInternet(originMtu, ({ dir }, run) =>
    makeHost(dir, run, { settings, times, firewall, nameFilter }),
  );
  return { ...internet, host: made };
}

/**
 * @param make Makes the host `relay`, or whatever else is there from the beginning.
 * @throws UserError if the lab can't run on this machine.
 */
export async function startInternet<Made>(
  originMtu: number,
  make: (place: Place, run: Run) => Promise<Made>,
): Promise<Internet & { readonly made: Made }> {
  const reason = await ensurePackages('lab');
  if (reason !== undefined) throw new UserError(reason);
  await sweepStale();
  const place = claimPlace();
  const controller = new AbortController();
  const starting = bringUp(place, originMtu, make);
  const stop = guard(place, controller, starting);
  try {
    return { ...(await starting), [Symbol.asyncDispose]: stop };
  } catch (cause) {
    await stop();
    throw new Error('The relay lab could not be started.', { cause });
  }
}

async function bringUp<Made>(
  place: Place,
  originMtu: number,
  make: (place: Place, run: Run) => Promise<Made>,
): Promise<Omit<Internet, typeof Symbol.asyncDispose> & { readonly made: Made }> {
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
  const [authority, made] = await Promise.all([
    startAuthority(
      place.dir,
      (command) => run.spawn('dns', command),
      (command) => run.exec('dns', command),
    ),
    make(place, run),
  ]);
  return { ...run, dir: place.dir, authority, made };
}
