import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { bracketed, familyOf, parseAddress } from './address.ts';
import { UserError } from './error.ts';
import { readPort as portIn, portSchema } from './port.ts';

export const targetSchema = z.object({
  /** As the user wrote it. */
  input: z.string(),
  /** A host name in lower-case A-labels without the trailing dot, or an address in canonical text. */
  host: z.string(),
  hostKind: z.enum(['name', 'ipv4', 'ipv6']),
  port: portSchema,
  /** What speaks on the port: decides how the service is recognised. `tcp` is anything else. */
  protocol: z.enum(['tls', 'http', 'ssh', 'tcp', 'udp']),
  /** Path and query that an HTTP request asks for. */
  path: z.string(),
});
/** What the user names: a service at a host and port. */
export type Target = z.infer<typeof targetSchema>;
type Protocol = Target['protocol'];

const SCHEMES: Readonly<Record<string, { protocol: Protocol; port: number | null }>> = {
  https: { protocol: 'tls', port: 443 },
  http: { protocol: 'http', port: 80 },
  ssh: { protocol: 'ssh', port: 22 },
  tls: { protocol: 'tls', port: null },
  tcp: { protocol: 'tcp', port: null },
  udp: { protocol: 'udp', port: null },
};

/** Ports whose protocol is known where the user gave none (IANA service name registry). */
const WELL_KNOWN: Readonly<Record<number, Protocol>> = { 443: 'tls', 80: 'http', 22: 'ssh' };

const EXPECTED =
  'expected a name, an address or a URL, such as https://home.example.org, tcp://home.example.org:22 or [2001:db8::1]:443';

/**
 * Reads a target as a user types it.
 * @throws UserError with what was given and what is expected.
 */
export function parseTarget(input: string): Target {
  const text = input.trim();
  const fail = (what: string): never => {
    // A password typed by mistake must not come back on the screen or in a log.
    const shown = input.replace(/(\/\/|^).*@/u, '$1…@');
    throw new UserError(`"${shown}" can't be diagnosed: ${what}; ${EXPECTED}.`);
  };
  if (text === '') fail('the target is empty');
  if (/[\s\p{Cc}]/u.test(text)) fail('a target has no spaces or control characters');

  const schemeMatch = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/iu.exec(text);
  const schemeName = schemeMatch?.[1]?.toLowerCase();
  const scheme = schemeName === undefined ? undefined : SCHEMES[schemeName];
  if (schemeName !== undefined && scheme === undefined) {
    fail(`the scheme "${schemeName}" isn't one of ${Object.keys(SCHEMES).join(', ')}`);
  }
  const rest = schemeMatch?.[2] ?? text;
  const cut = rest.search(/[/?#]/u);
  const authority = cut === -1 ? rest : rest.slice(0, cut);
  const path = cut === -1 ? '' : rest.slice(cut).replace(/#.*$/u, '');
  if (authority.includes('@')) fail("user names and passwords don't belong in a target");

  const { hostText, portText } = splitPort(authority, fail);
  const { host, hostKind } = readHost(hostText, fail);
  const port = readPort(portText, scheme?.port ?? null, scheme === undefined, fail);
  const protocol =
    scheme === undefined || scheme.protocol === 'tcp' ? (WELL_KNOWN[port] ?? 'tcp') : scheme.protocol;
  return { input, host, hostKind, port, protocol, path: path.startsWith('/') ? path : `/${path}` };
}

/** What carries the service's packets. */
export const transportOf = ({ protocol }: Pick<Target, 'protocol'>): 'tcp' | 'udp' =>
  protocol === 'udp' ? 'udp' : 'tcp';

/** Whether the parts are those of what the user wrote; a file may say anything. */
export function isOfInput({ input, ...parts }: Target): boolean {
  try {
    const again = parseTarget(input);
    return again.host === parts.host && again.port === parts.port && again.protocol === parts.protocol;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** `host:port` with IPv6 in brackets. */
export const hostPort = (host: string, port: number): string => `${bracketed(host)}:${port}`;

type Fail = (what: string) => never;

function splitPort(authority: string, fail: Fail): { hostText: string; portText: string | null } {
  const inBrackets = /^\[([^\]]*)\](?::(.*))?$/u.exec(authority);
  if (inBrackets !== null) return { hostText: inBrackets[1] ?? '', portText: inBrackets[2] ?? null };
  if (authority.includes('[') || authority.includes(']')) fail("the brackets don't match");
  const colons = authority.split(':').length - 1;
  // Two colons and more: an IPv6 address without brackets, which can't carry a port.
  if (colons !== 1) return { hostText: authority, portText: null };
  const [hostText = '', portText = ''] = authority.split(':');
  return { hostText, portText };
}

function readPort(text: string | null, byScheme: number | null, bare: boolean, fail: Fail): number {
  if (text === null) {
    if (byScheme !== null) return byScheme;
    return bare ? 443 : fail('the port is missing');
  }
  return portIn(text) ?? fail(`the port "${text}" isn't a number from 1 to 65535`);
}

function readHost(text: string, fail: Fail): Pick<Target, 'host' | 'hostKind'> {
  if (text === '') fail('the host is missing');
  const address = parseAddress(text);
  if (address !== null) return { host: address, hostKind: familyOf(address) };
  if (text.includes(':')) fail(`"${text}" isn't an IPv6 address`);
  if (/^[\d.]+$/u.test(text)) fail(`"${text}" isn't an IPv4 address`);
  const name = domainToASCII(text.replace(/\.$/u, '')).toLowerCase();
  if (!isHostName(name)) fail(`"${text}" isn't a host name`);
  if (isLocalName(name)) {
    fail(`"${text}" is a name for a local network, which the internet can't look up`);
  }
  return { host: name, hostKind: 'name' };
}

/** A host name in A-labels: RFC 1123 letters, digits and hyphens, with the underscore that DNS allows. */
export function isHostName(name: string): boolean {
  return (
    name.length >= 1 &&
    name.length <= 253 &&
    name.split('.').every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/u.test(label))
  );
}

/** A host name for a local network (RFC 6761, 6762, 8375; .internal, ICANN 2024), or without a domain. */
export function isLocalName(name: string): boolean {
  return !name.includes('.') || /\.(?:local|localhost|internal|lan|home\.arpa)$/u.test(name);
}
