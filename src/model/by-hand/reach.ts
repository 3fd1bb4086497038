import { familyOf } from '../address.ts';
import type { System } from '../facts/host.ts';
import { powershellQuoted, shellQuoted } from '../shell.ts';
import { hostPort } from '../target.ts';

/** s to wait, as the probes do. */
const SECONDS = 4;

/**
 * Whether something answers at a TCP port. nc(1) of OpenBSD and macOS: only the latter limits the connection by -G.
 * Test-NetConnection (Microsoft Learn) has no option for the time.
 */
export function tcp(system: System, address: string, port: number): string {
  switch (system) {
    case 'windows':
      return `Test-NetConnection ${powershellQuoted(address)} -Port ${port}`;
    case 'macos':
      return `nc -vz -G ${SECONDS} ${shellQuoted(address)} ${port}`;
    default:
      return `nc -vz -w ${SECONDS} ${shellQuoted(address)} ${port}`;
  }
}

export interface WebQuestion {
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** As the service is called; null for literal addresses. */
  readonly name: string | null;
  readonly path: string;
}

/** Fetches a page from one address. */
export function web(system: System, { address, port, scheme, name, path }: WebQuestion): string {
  const quoted = quoterFor(system);
  const to = name === null ? '' : ` --connect-to ${quoted(`::${hostPort(address, port)}`)}`;
  const url = `${scheme}://${hostPort(name ?? address, port)}${path}`;
  const family = familyOf(address) === 'ipv4' ? 4 : 6;
  const nothing = system === 'windows' ? 'NUL' : '/dev/null';
  return `${curl(system)} -${family} -skv -o ${nothing} --connect-timeout ${SECONDS}${to} ${quoted(url)}`;
}

/** Prints what a URL answers over one family. */
export const page = (system: System, url: string, family: 4 | 6): string =>
  `${curl(system)} -${family} ${quoterFor(system)(url)}`;

/** In Windows PowerShell, `curl` without the ending means Invoke-WebRequest; the program is there since Windows 10 1803. */
const curl = (system: System): string => (system === 'windows' ? 'curl.exe' : 'curl');

const quoterFor = (system: System) => (system === 'windows' ? powershellQuoted : shellQuoted);

/** The keys of an SSH server; comes with OpenSSH, on Windows too (Microsoft Learn, "OpenSSH for Windows overview"). */
export const sshKeys = (system: System, address: string, port: number): string =>
  `ssh-keyscan -T ${SECONDS} -p ${port} ${quoterFor(system)(address)}`;
