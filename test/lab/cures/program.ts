import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { configure, fileOf, type How, type RealProgram } from '../../support/real-programs.ts';
import { addressOf } from '../addresses.ts';
import { NODE } from '../commands.ts';
import type { LabProcess } from '../processes.ts';
import { serviceCommand } from '../server/listeners.ts';
import { servicesOf } from '../services.ts';
import { HOME_NAME, type World } from '../world.ts';
import type { OwnedWorld } from './owner.ts';

const SERVICE = fileURLToPath(new URL('../service.ts', import.meta.url));

/** ms; between looks at whether the ports are free, and how long a busy machine may take. */
const POLL = 20;
const PATIENCE = 20_000;

/** The program that serves on the server. */
export interface Program {
  /** Its source; null where the lab's own service runs, which nobody edits, or one that is configured. */
  readonly source: string | null;
  /** The file below /etc that a remedy means. */
  fileOf(shown: string): string;
  /** As its owner does after a change. */
  restart(): Promise<void>;
}

/** How a program listens that leaves IPv4 out, in the words of one that was written for Node. */
const LISTENS: Readonly<Record<How, readonly string[]>> = {
  v6only: ["server.listen({ port: 443, host: '::', ipv6Only: true });"],
  address: [`server.listen(443, '${addressOf('server', 6)}');`],
  loopback: [
    'const other = createServer(tls, answer);',
    "other.listen({ port: 443, host: '::', ipv6Only: true });",
    "server.listen(443, '127.0.0.1');",
  ],
};

const below = (shown: string): string => shown.replace(/^\/etc\//u, '');

/** Lets Debian's nginx or sshd serve in the place of the lab's service, which leaves IPv4 out in the same way. */
export async function debiansProgram(lab: OwnedWorld, program: RealProgram): Promise<Program> {
  const port = lab.world.server.services[0]?.port ?? 443;
  const how = kindOf(lab.world.server.services);
  if (how === null) throw new Error(`${program.software} would leave nothing out in ${lab.world.name}.`);
  await endService(lab, port);
  const place = { port, six: addressOf('server', 6), tls: join(lab.dir, 'tls', 'server') };
  await configure(program, how, place, lab.etc('server', ''));
  await lab.setUnit(program.unit, program.start, program.reload);
  const restart = async () => {
    const commands = [`mkdir -p ${program.folders.join(' ')}`, `systemctl restart ${program.unit}`];
    const { exitCode, stderr } = await lab.exec('server', ['sh', '-ec', commands.join('\n')]);
    if (exitCode !== 0) throw new Error(`${program.software} did not start: ${stderr}`);
    await listens(lab, port, true);
  };
  await restart();
  return { source: null, fileOf: (shown) => fileOf(program, shown), restart };
}

/**
 * Lets a program of the owner's own serve in the place of the lab's service, if the world's service leaves IPv4 out by
 * what the program says; it can be edited and started again.
 */
export async function ownProgram(lab: OwnedWorld): Promise<Program> {
  const { services, docker } = lab.world.server;
  const kind = kindOf(services);
  let running: LabProcess | undefined;
  const run = async (command: readonly string[]) => {
    if (running === undefined) await endService(lab, 443);
    running?.kill();
    await running?.exited;
    running = lab.spawn('server', command, { asUser: 'nobody' });
    await running.waitFor(/^ready$/mu);
  };
  if (docker !== undefined || kind === null) {
    const restart = () => run(serviceOf(lab.world, join(lab.dir, 'tls')));
    return { source: null, fileOf: below, restart };
  }
  const source = join(lab.dir, 'program.mjs');
  await writeFile(source, sourceOf(LISTENS[kind], join(lab.dir, 'tls', 'server')));
  const restart = () => run([NODE, source]);
  await restart();
  return { source, fileOf: below, restart };
}

function kindOf([first, second]: World['server']['services']): How | null {
  if (second?.bind === 'loopback4') return 'loopback';
  if (first?.bind === 'global6') return 'address';
  return first?.families === '6' ? 'v6only' : null;
}

const sourceOf = (listens: readonly string[], tls: string): string => `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
const tls = { key: readFileSync('${tls}.key'), cert: readFileSync('${tls}.crt') };
const answer = (request, response) => response.setHeader('content-type', 'text/plain').end('${HOME_NAME}\\n');
const server = createServer(tls, answer);
server.on('listening', () => console.log('ready'));
${listens.join('\n')}
`;

function serviceOf(world: World, tlsDir: string): string[] {
  const listeners = servicesOf(world, tlsDir).get('server') ?? [];
  return serviceCommand(world, listeners, (open) => [NODE, SERVICE, JSON.stringify(open)]);
}

/** Ends what listens for the service, and waits until its port is free. */
async function endService(lab: OwnedWorld, port: number): Promise<void> {
  const sockets = await listening(lab, port);
  const pids = new Set([...sockets.matchAll(/pid=(\d+)/gu)].map(([, pid]) => Number(pid)));
  for (const pid of pids) process.kill(pid);
  await listens(lab, port, false);
}

const listening = async (lab: OwnedWorld, port: number): Promise<string> =>
  (await lab.exec('server', ['ss', '-Hltnp', `sport = :${port}`])).stdout;

async function listens(lab: OwnedWorld, port: number, wanted: boolean): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (((await listening(lab, port)) !== '') !== wanted) {
    if (Date.now() > end) throw new Error(`Something listens on port ${port}: never ${wanted}.`);
    await delay(POLL);
  }
}
