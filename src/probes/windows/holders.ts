import type { Family } from '../../model/address.ts';
import type { WindowsReading } from './parse.ts';
import { socketsOf } from './sockets.ts';

/** The process of the kernel, which holds the sockets of http.sys and SMB. */
export const SYSTEM_PID = 4;

/** Which program a process is, as far as it may be seen. */
export interface WindowsHolder {
  readonly name: string;
  readonly path: string | null;
  readonly isSystem: boolean;
  readonly services: readonly string[] | null;
}

/** Whose the sockets on a port are that packets of the family come to; null where that isn't known, or nothing listens. */
export function holdersOf(
  reading: WindowsReading,
  { protocol, family, port }: { protocol: 'tcp' | 'udp'; family: Family; port: number },
): WindowsHolder[] | null {
  const sockets = socketsOf(reading)?.filter(
    (socket) =>
      socket.protocol === protocol &&
      socket.port === port &&
      socket.address !== '127.0.0.1' &&
      socket.address !== '::1' &&
      (socket.family === family || (socket.address === '::' && socket.v6only !== true)),
  );
  if (sockets === undefined || sockets.length === 0) return null;
  const programs = programsOf(reading);
  const holders = [...new Set(sockets.map(({ pid }) => pid))].map((pid) => programs.get(pid));
  return holders.some((holder) => holder === undefined)
    ? null
    : holders.filter((holder) => holder !== undefined);
}

export function programsOf(reading: WindowsReading): Map<number, WindowsHolder> {
  const section = reading.section('processes');
  const list = 'facts' in section ? section.facts.list : [];
  return new Map(
    list.map(({ pid, name, path, services }) => [
      pid,
      { name, path: path === '' ? null : path, isSystem: pid === SYSTEM_PID, services },
    ]),
  );
}
