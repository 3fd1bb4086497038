import type { ListeningSocket, System } from '../../model/facts/host.ts';
import type { ManualStep } from '../../model/remedy-offer.ts';
import { shellOf } from '../../model/shell.ts';
import { isAlsoOnIpv6 } from '../../model/view/host.ts';
import { edit, plainWord } from '../manual.ts';
import type { Bound } from './socket.ts';

/** Above this, a port needs no privilege (net.ipv4.ip_unprivileged_port_start); 8443 beside 443 is a habit. */
const SHIFT = 8_000;
const MAX_PORT = 65_535;

/**
 * The socket that has to give the port up on IPv4; null where none is seen, or none has to: one nginx takes a port in many
 * server blocks, while no other program can bind it twice.
 */
export function holderOf(sockets: readonly ListeningSocket[]): ListeningSocket | null {
  const four = sockets.find(({ family }) => family === 'ipv4') ?? null;
  return four?.program?.name === 'nginx' && isAlsoOnIpv6(four, sockets) ? null : four;
}

/** Shows which program listens: ss(8), lsof(8), Get-NetTCPConnection (Microsoft Learn). */
function ownerCommand(system: System, port: number): string {
  switch (system) {
    case 'windows':
      return `Get-Process -Id (Get-NetTCPConnection -LocalPort ${port} -State Listen).OwningProcess`;
    case 'macos':
      return `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`;
    default:
      return `ss -ltnp 'sport = :${port}'`;
  }
}

/** Nothing else can have the port on IPv4 before that: the other one gives it up. */
export function givesUp(
  { address, program }: ListeningSocket,
  { port, system }: Pick<Bound, 'port' | 'system'>,
): ManualStep {
  const name = program?.name ?? 'the program that has the port';
  const unit = plainWord(program?.unit ?? null);
  const free = port + SHIFT <= MAX_PORT ? port + SHIFT : port - SHIFT;
  const here = address ?? '0.0.0.0';
  const load = unit === null ? [] : [`systemctl restart ${unit}`];
  const file = `the settings of ${program?.name ?? `what \`${ownerCommand(system, port)}\` names`}`;
  const [old, moved] = [`${here}:${port}`, `${here}:${free}`];
  return {
    where: 'server',
    software: name,
    does: `gives up port ${port} on IPv4 for ${free}, or another that is free${unit === null ? '; then start it again' : ''}; where nobody needs it, stop it instead${unit === null ? '' : ` (systemctl disable --now ${unit})`}`,
    change: edit(file, old, moved, load, shellOf(system)),
    undo: edit(file, moved, old, load, shellOf(system)),
  };
}
