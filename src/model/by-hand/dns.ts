import type { System } from '../facts/host.ts';
import { powershellQuoted, shellQuoted } from '../shell.ts';

/**
 * The addresses that a server knows for a name: by dig(1), which macOS has too, or Resolve-DnsName (Microsoft Learn).
 * @param server null for the system's own
 */
export function records(system: System, server: string | null, name: string, recurse = true): string {
  if (system === 'windows') {
    const asked = server === null ? '' : ` -Server ${powershellQuoted(server)}`;
    return `Resolve-DnsName ${powershellQuoted(name)} -Type A_AAAA${asked} -DnsOnly${recurse ? '' : ' -NoRecursion'}`;
  }
  const word = shellQuoted(name);
  return `dig${recurse ? '' : ' +norecurse'}${server === null ? '' : ` @${server}`} ${word} A ${word} AAAA`;
}

/** The A record as the zone's own servers have it: from the root down, or of the server that the zone's SOA names. */
export function fromAuthority(system: System, name: string): string {
  if (system !== 'windows') return `dig +trace ${shellQuoted(name)} A`;
  const word = powershellQuoted(name);
  return `Resolve-DnsName ${word} -Type A -DnsOnly -Server (Resolve-DnsName ${word} -Type SOA -DnsOnly).PrimaryServer`;
}

/** What programs get for a name, the hosts file included: getent(1), dscacheutil(1), System.Net.Dns. */
export function lookup(system: System, name: string): string {
  switch (system) {
    case 'windows':
      // Always in quotes: an argument of a method is no word of a command.
      return `[Net.Dns]::GetHostAddresses('${name.replaceAll("'", "''")}')`;
    case 'macos':
      return `dscacheutil -q host -a name ${shellQuoted(name)}`;
    default:
      return `getent ahosts ${shellQuoted(name)}`;
  }
}

/** Which resolvers are set: resolv.conf(5), scutil(8), Get-DnsClientServerAddress. */
export function resolvers(system: System): string {
  switch (system) {
    case 'windows':
      return 'Get-DnsClientServerAddress';
    case 'macos':
      return 'scutil --dns';
    default:
      return 'cat /etc/resolv.conf';
  }
}
