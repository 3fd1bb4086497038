import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf } from './addresses.ts';
import type { RunningWorld } from './lab.ts';
import { dockerProxies } from './server/docker.ts';
import { applyFirewalls } from './server/firewall/apply.ts';
import { startTailscale, startVpn } from './server/vpn.ts';
import type { World } from './world.ts';

type Run = Pick<RunningWorld, 'exec' | 'spawn'>;

/** What runs beside the services and the name servers: STUN in the internet; tunnels, firewalls and Docker on the server. */
export async function startDaemons(world: World, dir: string, run: Run): Promise<void> {
  await Promise.all([startStun(dir, run), startServer(world, dir, run)]);
}

/** coturn as a STUN server (RFC 5389) on the host of the whoami service. */
async function startStun(dir: string, { spawn }: Run): Promise<void> {
  const folder = join(dir, 'stun');
  await mkdir(folder);
  const listen = ([4, 6] as const).flatMap((family) => ['-L', addressOf('outside', family)]);
  const only = ['--stun-only', '--no-tls', '--no-dtls', '--no-tcp', '--no-cli', '--no-rfc5780'];
  const files = ['--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db')];
  const log = ['--log-file', 'stdout', '--simple-log'];
  const turn = spawn('outside', [
    'turnserver',
    '-n',
    '-m',
    '1',
    '-p',
    '3478',
    ...only,
    ...listen,
    ...files,
    ...log,
  ]);
  await turn.waitFor(/SQLite DB connection success/u);
}

async function startServer(world: World, dir: string, { exec, spawn }: Run): Promise<void> {
  await applyFirewalls(world, { exec, spawn });
  if (world.server.vpn === 'default-route') await startVpn({ exec, spawn });
  if (world.server.tailscaleAddress) await startTailscale({ spawn });
  const proxies = dockerProxies(world);
  if (proxies.length === 0) return;
  // A process is known by the name of the file that it was started from.
  const program = join(dir, 'docker-proxy');
  await symlink('/usr/bin/socat', program);
  await Promise.all(
    proxies.map((args) => spawn('server', [program, '-dd', ...args]).waitFor(/listening on/u)),
  );
}
