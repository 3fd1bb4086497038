import { familyOf, parseAddress } from '../../model/address.ts';
import type { ListeningSocket } from '../../model/facts/host.ts';
import { readPort } from '../../model/port.ts';

/** A socket as a tool shows it, before anybody asked who its program belongs to. */
export interface FoundSocket extends Omit<ListeningSocket, 'program' | 'container'> {
  readonly program: { readonly name: string; readonly pid: number | null } | null;
  /** systemd holds it, alone or together with the service that it opened it for (systemd.socket(5)). */
  readonly activated: boolean;
  /** By which /proc/PID/fd tells whose it is. */
  readonly inode: number | null;
}

/** Characters kept of a program's name: `comm` has 15, netstat shows more of some. */
const NAME_LENGTH = 64;

interface Seen {
  readonly protocol: string;
  /** The address without brackets; `*` for all of both families. */
  readonly host: string;
  readonly port: string;
  readonly zone?: string | null;
  readonly v6only?: boolean | null;
  readonly program?: FoundSocket['program'];
  readonly activated?: boolean;
  readonly inode?: number | null;
}

/** Null where that is no socket that packets can come to. */
export function foundSocket(seen: Seen): FoundSocket | null {
  const protocol = seen.protocol === 'tcp' || seen.protocol === 'udp' ? seen.protocol : null;
  const port = readPort(seen.port);
  const anyOfBoth = seen.host === '*';
  const address = parseAddress(anyOfBoth ? '::' : seen.host);
  if (protocol === null || address === null || port === null) return null;
  const family = familyOf(address);
  const isAny = address === '0.0.0.0' || address === '::';
  const program = seen.program ?? null;
  return {
    protocol,
    family,
    address: isAny ? null : address,
    port,
    v6only: family === 'ipv6' && isAny ? (seen.v6only ?? null) : null,
    interface: seen.zone ?? null,
    program: program === null ? null : { ...program, name: program.name.slice(0, NAME_LENGTH) },
    activated: seen.activated ?? false,
    inode: seen.inode ?? null,
  };
}

/** The first process, where it is an init that opens sockets for others: in a container it may be anything. */
export const isInit = ({ name, pid }: NonNullable<FoundSocket['program']>): boolean =>
  pid === 1 && (name === 'systemd' || name === 'init');
