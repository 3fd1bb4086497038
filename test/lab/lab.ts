import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../src/model/error.ts';
import { ensurePackages } from '../support/packages.ts';
import { addressOf, type HostName } from './addresses.ts';
import { NODE } from './commands.ts';
import { startDaemons } from './daemons.ts';
import { guard } from './guard.ts';
import { claimPlace, type Place, sweepStale } from './leftovers.ts';
import { NAMED_READY, nameFiles, prepareNameServers } from './named.ts';
import { allSettled, makeNetwork, writeHostFiles } from './network.ts';
import {
  type ExecOptions,
  type ExecResult,
  entryFile,
  exec,
  type LabProcess,
  type RunOptions,
  spawn,
} from './processes.ts';
import { authoritativeRecords, fillCache } from './records.ts';
import { type RouterChange, type RouterPage, routerControl } from './router/control.ts';
import { OTHER_KEY, serviceCommand } from './server/listeners.ts';
import type { Listener } from './service.ts';
import { makeCertificate, servicesOf } from './services.ts';
import { topologyOf } from './topology.ts';
import { defineRecords, homeIpv4, type RecordInput, type World } from './world.ts';

const SERVICE = fileURLToPath(new URL('./service.ts', import.meta.url));

/** A world that is up. */
export interface RunningWorld extends AsyncDisposable {
  readonly world: World;
  /** Temporary folder of the world; goes with it. */
  readonly dir: string;
  /** The program that runs a command on a host of the world: `HOST USER COMMAND…`. */
  readonly enter: string;
  /** The zone of the home's name at the authoritative servers: another process may rewrite it … */
  readonly zoneFile: string;
  /** … and send SIGHUP to the process in this file. */
  readonly namedPidFile: string;
  exec(host: HostName, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  spawn(host: HostName, command: readonly string[], options?: RunOptions): LabProcess;
  /** A host's own address; the router's is the one that the internet sees, its own or a shared one. */
  address(host: HostName, family: 4 | 6): string;
  /** What a person reads on the router's page, now. */
  readonly routerPage: RouterPage;
  /**
   * What a person changes on the router's page; `outerForwards` on that of the outer router of two.
   * @returns what puts it back as it was.
   */
  setRouter(change: RouterChange): Promise<() => Promise<void>>;
  /** Gives the world's zones these records instead, on both authoritative servers, and waits until they serve them. */
  setRecords(records: RecordInput[]): Promise<void>;
  /** Ends everything and removes it. */
  stop(): Promise<void>;
}

let swept: Promise<void> | undefined;

/**
 * Builds a world and starts all that runs in it.
 * @param options.label Told in errors, to tell worlds of the same name apart.
 * @throws UserError if the lab can't run on this machine.
 */
export async function startWorld(world: World, options: { label?: string } = {}): Promise<RunningWorld> {
  const reason = await ensurePackages('lab');
  if (reason !== undefined) throw new UserError(reason);
  swept ??= sweepStale();
  await swept;

  const place = claimPlace();
  const controller = new AbortController();
  const starting = bringUp(world, place, controller.signal);
  const stop = guard(place, controller, starting);
  try {
    const up = await starting;
    return { ...up, stop, [Symbol.asyncDispose]: stop };
  } catch (cause) {
    await stop();
    const name = options.label === undefined ? world.name : `${world.name} (${options.label})`;
    throw new Error(`The world ${name} could not be started.`, { cause });
  }
}

type Up = Omit<RunningWorld, 'stop' | typeof Symbol.asyncDispose>;

async function bringUp(world: World, place: Place, signal: AbortSignal): Promise<Up> {
  const topology = topologyOf(world);
  const tlsDir = join(place.dir, 'tls');
  await mkdir(tlsDir);
  const services = servicesOf(world, tlsDir);
  const files = nameFiles(place.dir);
  const [daemons] = await allSettled([
    prepareNameServers(files, world),
    makeNetwork(place, topology).then(() => []),
    writeHostFiles(place, topology.hosts, world).then(() => []),
    ...certified(services, world).map((holder) => makeCertificate(tlsDir, holder).then(() => [])),
  ]);
  signal.throwIfAborted();

  const run: Pick<Up, 'exec' | 'spawn'> = {
    exec: (host, command, options) => exec(place, host, command, options),
    spawn: (host, command, options) => spawn(place, host, command, options),
  };
  const control = routerControl(world, place.dir, run);
  const records = await authoritativeRecords(world, files, run.exec);
  await allSettled([
    ...(daemons ?? []).map(({ host, command }) =>
      run
        .spawn(host, command)
        .waitFor(NAMED_READY)
        .then(() => undefined),
    ),
    ...[...services].map(([host, listeners]) => serve(world, host, listeners, run.spawn)),
    startDaemons(world, place.dir, run),
    control.start(),
  ]);
  signal.throwIfAborted();

  if (world.dns.recordsCached !== undefined) {
    await fillCache(world.dns.recordsCached, run.exec);
    await records.replace(world.dns.records);
  }
  return {
    ...run,
    world,
    dir: place.dir,
    enter: entryFile(place),
    zoneFile: files.zoneFile,
    namedPidFile: files.pidFile,
    address: (host, family) =>
      host === 'router' && family === 4 ? homeIpv4(world) : addressOf(host, family),
    routerPage: control.routerPage,
    setRouter: control.setRouter,
    setRecords: (inputs) => records.replace(defineRecords(inputs)),
  };
}

/** Who holds a key: each host that serves, and another program on the server. */
const certified = (services: ReadonlyMap<HostName, unknown>, { server }: World) => [
  ...services.keys(),
  ...(server.services.some(({ other }) => other) ? [OTHER_KEY] : []),
];

/** Starts a host's servers. The services of the home run as an ordinary user. */
async function serve(world: World, host: HostName, listeners: Listener[], spawn: Up['spawn']): Promise<void> {
  const command = (open: readonly Listener[]) => [NODE, SERVICE, JSON.stringify(open)];
  const isHome = host === 'server' || host === 'container';
  const started = isHome
    ? spawn(host, serviceCommand(world, listeners, command), { asUser: 'nobody' })
    : spawn(host, command(listeners));
  await started.waitFor(/^ready$/mu);
}
