import type { ListeningSocket } from '../../model/facts/host.ts';
import type { ManualStep } from '../../model/remedy-offer.ts';
import { edit, plainWord } from '../manual.ts';
import type { Bound } from './socket.ts';

/** Above this, a port needs no privilege (net.ipv4.ip_unprivileged_port_start); 8443 beside 443 is a habit. */
const SHIFT = 8_000;
const MAX_PORT = 65_535;

/** What has the port on IPv4, where it isn't the service; null where that is the service's own process. */
export function holderOf(sockets: readonly ListeningSocket[]): ListeningSocket | null {
  const pids = new Set(
    sockets.flatMap(({ family, program }) =>
      family === 'ipv6' && program?.pid != null ? [program.pid] : [],
    ),
  );
  const four = sockets.find(({ family }) => family === 'ipv4');
  const pid = four?.program?.pid ?? null;
  return four === undefined || (pid !== null && pids.has(pid)) ? null : four;
}

/** Two programs can't have one port: the other one gives it up on IPv4 first. */
export function givesUp({ address, program }: ListeningSocket, { port }: Pick<Bound, 'port'>): ManualStep {
  const name = program?.name ?? 'the program that has the port';
  const unit = plainWord(program?.unit ?? null);
  const free = port + SHIFT <= MAX_PORT ? port + SHIFT : port - SHIFT;
  const here = address ?? '0.0.0.0';
  const load = unit === null ? [] : [`systemctl restart ${unit}`];
  const file = `the settings of ${program?.name ?? `what \`ss -ltnp 'sport = :${port}'\` names`}`;
  const [old, moved] = [`${here}:${port}`, `${here}:${free}`];
  return {
    where: 'server',
    software: name,
    does: `gives up port ${port} on IPv4 for ${free}, or another that is free${unit === null ? '; then start it again' : ''}; where nobody needs it, stop it instead${unit === null ? '' : ` (systemctl disable --now ${unit})`}`,
    change: edit(file, old, moved, load),
    undo: edit(file, moved, old, load),
  };
}
