import { compareIdentity, type Identity } from '../model/identity.ts';
import type { Net, ServiceHint } from '../ports/ports.ts';

/**
 * ms; as for a look without the header (probes/reach.ts), and once more: a server that waits for one from a trusted
 * sender may take its time to say no.
 */
const TIMEOUT = 8_000;

/** What opens a header of version 2 (proxy-protocol.txt of HAProxy, section 2.2). */
const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const VERSION_2_PROXY = 0x21;
const TCP_OVER_IPV4 = 0x11;
const ADDRESSES_LENGTH = 12;
/** RFC 5737: nobody's, so that nobody is blamed for it in a log. */
const CLIENT = [192, 0, 2, 1];
const RELAY = [192, 0, 2, 2];

/** The header that a relay would send for a client: over IPv4, as its clients are. */
export function proxyHeader(port: number): Uint8Array {
  const bytes = (value: number): number[] => [value >> 8, value & 0xff];
  return Uint8Array.from([
    ...SIGNATURE,
    VERSION_2_PROXY,
    TCP_OVER_IPV4,
    ...bytes(ADDRESSES_LENGTH),
    ...CLIENT,
    ...RELAY,
    ...bytes(40_000),
    ...bytes(port),
  ]);
}

/**
 * `takes`: the service answered as itself behind the header. `refuses`: it didn't, though it can be recognised.
 * `unknown`: nothing on this port tells.
 */
export type TakesProxy = 'takes' | 'refuses' | 'unknown';

/** The service at an origin, and who it is where that is known. */
export interface ProxyQuestion {
  readonly address: string;
  readonly port: number;
  readonly hint: ServiceHint;
  /** How it answers without the header, as the diagnosis saw it; null where it wasn't seen at this port. */
  readonly known: Identity | null;
}

/** Whether a service takes the PROXY protocol, version 2: sends it a header, and looks whether it is still itself. */
export async function takesProxyProtocol(
  { address, port, hint, known }: ProxyQuestion,
  net: Pick<Net, 'identify'>,
  signal: AbortSignal,
): Promise<TakesProxy> {
  // Whoever speaks first says the same whatever comes: what it makes of the header doesn't show.
  if (hint.protocol === 'tcp') return 'unknown';
  const asked = { ...hint, preamble: proxyHeader(port) };
  const found = await net.identify(address, port, asked, TIMEOUT, signal);
  if (found.kind === 'none') return 'refuses';
  // "400 Bad Request" is what the header gets from a server that takes it for a request.
  if (found.kind === 'http' && found.status === 400) return 'refuses';
  return known !== null && compareIdentity(known, found, hint.name) === 'different' ? 'refuses' : 'takes';
}
