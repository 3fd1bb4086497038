import type { ListeningSocket, System } from '../../model/facts/host.ts';
import type { ManualStep } from '../../model/remedy-offer.ts';
import { type Shell, shellOf } from '../../model/shell.ts';

/** What listens in a way that leaves IPv4 out, and how it should. */
export interface Bound {
  /** `v6only`: on every IPv6 address; `address`: on one IPv6 address; `loopback`: IPv4 from this machine only. */
  readonly how: 'v6only' | 'address' | 'loopback';
  readonly socket: ListeningSocket;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** The service speaks TLS. */
  readonly tls: boolean;
  /** The address that it is bound to, as configurations write it: `[::]`, `[2001:db8::1]`, `127.0.0.1`. */
  readonly written: string;
  /** net.ipv6.bindv6only decides for programs that don't choose. */
  readonly bindv6only: boolean | null;
  /** The server's. */
  readonly system: System;
  /** The address by which the router reaches this machine; null where it isn't known. */
  readonly lan: string | null;
}

/** Steps in the words of one program. */
export interface Program {
  readonly software: string;
  readonly isMeant: (bound: Bound) => boolean;
  readonly steps: (bound: Bound) => ManualStep[];
}

const named =
  (...names: string[]) =>
  ({ socket }: Bound): boolean => {
    // Windows tells the file's name.
    const own = socket.program?.name.replace(/\.exe$/iu, '');
    return names.some((name) => own === name || own?.startsWith(`${name}:`) === true);
  };

/** A program that is told by its process's name. */
export const program = (software: string, names: readonly string[], steps: Program['steps']): Program => ({
  software,
  isMeant: named(...names),
  steps,
});

/** The address as it is written where no port follows it. */
export const bareAddress = ({ written }: Bound): string => written.replace(/^\[|\]$/gu, '');

/** The shell in which its settings are loaded. */
export const shellFor = ({ system }: Bound): Shell => shellOf(system);

/** Said in `does`: reach4 doesn't read configurations. @param command finds the line */
export const lookWith = (command: string): string =>
  `reach4 does not read the configuration: \`${command}\` shows where the line is`;
