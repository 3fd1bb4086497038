import type { System } from '../facts/host.ts';
import { shellQuoted } from '../shell.ts';

/** Where a router takes NAT-PMP and PCP (RFC 6886, RFC 6887). */
const MAPPING_PORT = 5351;
/** s to wait for an answer. */
const SECONDS = 2;

/**
 * Sends these bytes over UDP and prints what comes back, in hexadecimal digits: by nc(1), which Windows has none of, or
 * there with System.Net.Sockets.UdpClient. @param host without quotes: an address, or a host name
 */
export function datagram(system: System, host: string, port: number, bytes: Uint8Array): string {
  if (system !== 'windows') {
    return `printf '${[...bytes].map(octal).join('')}' | nc -u -w ${SECONDS} ${shellQuoted(host)} ${port} | od -An -tx1`;
  }
  return [
    `$u = New-Object Net.Sockets.UdpClient('${host.replaceAll("'", "''")}', ${port})`,
    `$u.Client.ReceiveTimeout = ${SECONDS * 1000}`,
    `$b = [byte[]](${[...bytes].join(', ')})`,
    '[void]$u.Send($b, $b.Length)',
    '$e = New-Object Net.IPEndPoint([Net.IPAddress]::Any, 0)',
    '[BitConverter]::ToString($u.Receive([ref]$e))',
  ].join('; ');
}

/** As printf(1) reads a byte. */
const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

/** A request of NAT-PMP or PCP. */
export const mappingRequest = (system: System, gateway: string, bytes: Uint8Array): string =>
  datagram(system, gateway, MAPPING_PORT, bytes);

/** natpmpc(1), of libnatpmp; Windows has nothing like it. @param more what is asked, beside the address @param bytes the same */
export const natPmpRequest = (system: System, gateway: string, more: string, bytes: Uint8Array): string =>
  system === 'windows' ? mappingRequest(system, gateway, bytes) : `natpmpc -g ${gateway}${more}`;

/** Windows asks a router over UPnP by itself; null where it finds none (Microsoft Learn, IUPnPNAT). */
const WINDOWS_UPNP = '(New-Object -ComObject HNetCfg.NATUPnP).StaticPortMappingCollection';

/** What a router tells over UPnP: upnpc(1), of miniupnpc. @param location URL of its description; null to search for it */
export const upnpList = (system: System, location: string | null): string =>
  system === 'windows' ? WINDOWS_UPNP : upnpc(location, location === null ? '-s' : '-l');

export interface UpnpMapping {
  readonly client: string;
  readonly internalPort: number;
  readonly externalPort: number;
  readonly protocol: 'tcp' | 'udp';
}

/** IStaticPortMappingCollection::Add (Microsoft Learn); -a of upnpc(1). @param more what else upnpc is told */
export function upnpAdd(
  system: System,
  location: string | null,
  { client, internalPort, externalPort, protocol }: UpnpMapping,
  more = '',
): string {
  const kind = protocol.toUpperCase();
  return system === 'windows'
    ? `${WINDOWS_UPNP}.Add(${externalPort}, '${kind}', ${internalPort}, '${client}', $true, 'reach4')`
    : upnpc(location, `-e reach4 -a ${client} ${internalPort} ${externalPort} ${kind}${more}`);
}

/** IStaticPortMappingCollection::Remove (Microsoft Learn); -d of upnpc(1). */
export function upnpRemove(
  system: System,
  location: string | null,
  { externalPort, protocol }: Pick<UpnpMapping, 'externalPort' | 'protocol'>,
): string {
  const kind = protocol.toUpperCase();
  return system === 'windows'
    ? `${WINDOWS_UPNP}.Remove(${externalPort}, '${kind}')`
    : upnpc(location, `-d ${externalPort} ${kind}`);
}

const upnpc = (location: string | null, rest: string): string =>
  `upnpc ${location === null ? '' : `-u ${shellQuoted(location)} `}${rest}`;
