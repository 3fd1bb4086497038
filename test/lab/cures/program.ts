import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addressOf } from '../addresses.ts';
import { NODE } from '../commands.ts';
import type { LabProcess } from '../processes.ts';
import { serviceCommand } from '../server/listeners.ts';
import { servicesOf } from '../services.ts';
import { HOME_NAME, type World } from '../world.ts';
import type { OwnedWorld } from './owner.ts';

const SERVICE = fileURLToPath(new URL('../service.ts', import.meta.url));

/** ms; between looks at whether the ports are free. */
const POLL = 20;

/** The program that serves on the server. */
export interface Program {
  /** Its source; null where the lab's own service runs, which nobody edits. */
  readonly source: string | null;
  /** As its owner does after a change. */
  restart(): Promise<void>;
}

/** How a program listens that leaves IPv4 out, in the words of one that was written for Node. */
const LISTENS = {
  v6only: ["server.listen({ port: 443, host: '::', ipv6Only: true });"],
  address6: [`server.listen(443, '${addressOf('server', 6)}');`],
  loopback4: [
    'const other = createServer(tls, answer);',
    "other.listen({ port: 443, host: '::', ipv6Only: true });",
    "server.listen(443, '127.0.0.1');",
  ],
} as const;

/**
 * Lets a program of the owner's own serve in the place of the lab's service, if the world's service leaves IPv4 out by
 * what the program says; it can be edited and started again.
 */
export async function ownProgram(lab: OwnedWorld): Promise<Program> {
  const { services, docker } = lab.world.server;
  const kind = kindOf(services);
  let running: LabProcess | undefined;
  const run = async (command: readonly string[]) => {
    if (running === undefined) await endService(lab);
    running?.kill();
    await running?.exited;
    running = lab.spawn('server', command, { asUser: 'nobody' });
    await running.waitFor(/^ready$/mu);
  };
  if (docker !== undefined || kind === null) {
    return { source: null, restart: () => run(serviceOf(lab.world, join(lab.dir, 'tls'))) };
  }
  const source = join(lab.dir, 'program.mjs');
  await writeFile(source, sourceOf(LISTENS[kind], join(lab.dir, 'tls', 'server')));
  const restart = () => run([NODE, source]);
  await restart();
  return { source, restart };
}

function kindOf([first, second]: World['server']['services']): keyof typeof LISTENS | null {
  if (second?.bind === 'loopback4') return 'loopback4';
  if (first?.bind === 'global6') return 'address6';
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

/** Ends what listens for the service, and waits until its ports are free. */
async function endService(lab: OwnedWorld): Promise<void> {
  const listening = async () => (await lab.exec('server', ['ss', '-Hltnp'])).stdout;
  const pids = new Set(
    [...(await listening()).matchAll(/:443 .*?pid=(\d+)/gu)].map(([, pid]) => Number(pid)),
  );
  for (const pid of pids) process.kill(pid);
  while (/:443 /u.test(await listening())) await delay(POLL);
}
