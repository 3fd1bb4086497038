import ipaddr from 'ipaddr.js';
import { z } from 'zod';

export const familySchema = z.enum(['ipv4', 'ipv6']);
export type Family = z.infer<typeof familySchema>;

/** An address in canonical text: dotted quad, or RFC 5952 for IPv6; never a zone id, never IPv4-mapped. */
export const addressSchema = z
  .string()
  .refine((text) => parseAddress(text) === text, { error: 'not an IP address in canonical form' });

export const scopeSchema = z.enum([
  'public',
  'private',
  'shared',
  'loopback',
  'link-local',
  'unique-local',
  'documentation',
  'multicast',
  'unspecified',
  'reserved',
]);
/** Where an address is valid; only `public` ones can be reached across the internet. */
export type Scope = z.infer<typeof scopeSchema>;

/**
 * Prefixes that are not globally reachable unicast, most specific meaning first.
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates).
 */
const SPECIAL: readonly (readonly [cidr: string, scope: Scope])[] = [
  ['0.0.0.0/32', 'unspecified'],
  ['0.0.0.0/8', 'reserved'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'reserved'],
  ['192.52.193.0/24', 'reserved'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'reserved'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['64:ff9b::/96', 'reserved'],
  ['64:ff9b:1::/48', 'reserved'],
  ['100::/64', 'reserved'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['2001::/23', 'reserved'],
  ['2002::/16', 'reserved'],
  ['fc00::/7', 'unique-local'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
];

/** The same without their meaning. */
export const SPECIAL_PREFIXES: readonly string[] = SPECIAL.map(([cidr]) => cidr);

/** Global unicast IPv6 that IANA has opened for use (RFC 4291 2.4, IANA IPv6 global unicast registry). */
const GLOBAL_UNICAST_IPV6 = '2000::/3';

const globalUnicast = ipaddr.parseCIDR(GLOBAL_UNICAST_IPV6);
const parsedSpecial = SPECIAL.map(([cidr, scope]) => ({ range: ipaddr.parseCIDR(cidr), scope }));

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // Only four-part decimal: "010.1" style shorthands mean different hosts to different programs.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  const six = ipaddr.IPv6.parse(text);
  // The library reads "::81.2.99.2" (IPv4-compatible, deprecated by RFC 4291) as if it were IPv4-mapped.
  if (text.includes('.') && !/^(?:0*:)*:?(?:0*:)*ffff:/iu.test(text) && six.isIPv4MappedAddress())
    return null;
  return six.isIPv4MappedAddress() ? six.toIPv4Address() : six;
}

/** The canonical text of an address (IPv4-mapped IPv6 becomes IPv4), or null where it isn't one. */
export function parseAddress(text: string): string | null {
  const address = parse(text);
  if (address === null) return null;
  return address.kind() === 'ipv4' ? address.toString() : (address as ipaddr.IPv6).toRFC5952String();
}

/** @throws RangeError where the text is no address: check with parseAddress first. */
export function familyOf(address: string): Family {
  return parsed(address).kind();
}

/** @throws RangeError where the text is no address. */
export function scopeOf(address: string): Scope {
  const ip = parsed(address);
  const special = parsedSpecial.find(({ range }) => range[0].kind() === ip.kind() && ip.match(range));
  if (special !== undefined) return special.scope;
  if (ip.kind() === 'ipv6' && !ip.match(globalUnicast)) return 'reserved';
  return 'public';
}

export const isPublic = (address: string): boolean => scopeOf(address) === 'public';

/** Whether the address lies in the prefix (CIDR text); false across families. */
export function inPrefix(address: string, cidr: string): boolean {
  const ip = parsed(address);
  const range = ipaddr.parseCIDR(cidr);
  return ip.kind() === range[0].kind() && ip.match(range);
}

/** Whether an address lies in any of the prefixes (CIDR text), which are read once. */
export function inAnyOf(cidrs: readonly string[]): (address: string) => boolean {
  const ranges = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (address) => {
    const ip = parsed(address);
    return ranges.some((range) => ip.kind() === range[0].kind() && ip.match(range));
  };
}

/** IPv6 addresses in brackets, as a URL or `host:port` writes them. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const ip = parse(address);
  if (ip === null) throw new RangeError(`not an IP address: ${address}`);
  return ip;
}
