/** UPnP Device Architecture 1.1, 1.3.2. */
export const SSDP_PORT = 1900;
export const SSDP_MULTICAST = '239.255.255.250';

/**
 * What is searched. Routers exist that answer only to one of these (Tailscale's portmapper.go asks for the first and the
 * last); the services find devices whose own type is something else.
 */
export const SEARCH_TARGETS = [
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
  'urn:schemas-upnp-org:service:WANPPPConnection:1',
  'ssdp:all',
] as const;

/** Bytes of an answer; they have about 400. */
export const SSDP_BYTES = 2_048;

/** Seconds over which devices may spread their answers; the least there is (UDA 1.1, 1.3.2). */
const MAX_WAIT = 1;

export function searchRequest(host: string, target: string): Uint8Array {
  const lines = [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${host}:${SSDP_PORT}`,
    'MAN: "ssdp:discover"',
    `MX: ${MAX_WAIT}`,
    `ST: ${target}`,
    '',
    '',
  ];
  return new TextEncoder().encode(lines.join('\r\n'));
}

export interface SsdpAnswer {
  readonly location: string;
  readonly target: string;
}

/** Reads an answer to a search; null for anything else, announcements included. Lines may end with LF alone. */
export function readSsdp(bytes: Uint8Array): SsdpAnswer | null {
  const [first = '', ...lines] = new TextDecoder().decode(bytes).split(/\r?\n/u);
  if (!/^HTTP\/1\.\d 200\b/u.test(first)) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const location = headers.get('location');
  return location === undefined || location === '' ? null : { location, target: headers.get('st') ?? '' };
}

/** The device or service types that matter here, whatever their version. */
export const isGatewayType = (target: string): boolean =>
  /^urn:[\w.-]+:(?:device:(?:InternetGatewayDevice|WANDevice|WANConnectionDevice)|service:WAN(?:IP|PPP)Connection):\d+$/iu.test(
    target,
  );
