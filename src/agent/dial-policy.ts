import ipaddr from 'ipaddr.js';
import { familyOf, inPrefix, parseAddress, type Scope, scopeOf } from '../model/address.ts';
import type { NetworkInterfaceAddress } from '../ports/ports.ts';

/**
 * Where clouds tell machines their secrets. Most lie in special ranges and would be refused anyway; Azure's doesn't.
 * Sources: the vendors' documentation of instance metadata (AWS, Google, OpenStack and most others; AWS over IPv6;
 * Azure "IP address 168.63.129.16"; Alibaba; Oracle).
 */
const METADATA = new Set([
  '169.254.169.254',
  'fd00:ec2::254',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
]);

const SCOPE_WORDS: Readonly<Record<Exclude<Scope, 'public'>, string>> = {
  private: 'a private address (RFC 1918)',
  shared: 'an address of the range that providers share (RFC 6598)',
  loopback: 'a loopback address',
  'link-local': 'a link-local address',
  'unique-local': 'a unique local address (RFC 4193)',
  documentation: 'an address for documentation',
  multicast: 'a multicast address',
  unspecified: 'the unspecified address',
  reserved: 'a reserved address, or one that embeds another',
};

/**
 * Why the agent doesn't dial what it is asked to, as a sentence; null where it does. Only literal addresses of the public
 * internet outside the agent's own networks pass: whoever holds the token must not get at anything that a stranger can't.
 *
 * Not seen by this: a network's own NAT64 prefix (RFC 6052 2.2) and the public address of a NAT before the agent.
 *
 * @param own the addresses of this machine's interfaces
 */
export function refusalOf(text: string, own: readonly NetworkInterfaceAddress[]): string | null {
  // Compared as text: IPv4-mapped and -compatible forms, octal, zone ids and names are all not canonical.
  if (parseAddress(text) !== text) return `${text} isn't an IP address in canonical form.`;
  if (METADATA.has(text)) return `${text} is a cloud's metadata service; the agent doesn't dial it.`;
  const scope = scopeOf(text);
  if (scope !== 'public') return `${text} is ${SCOPE_WORDS[scope]}; the agent dials public addresses only.`;
  if (own.some(({ address }) => address === text)) return `${text} is the agent's own address.`;
  const neighbour = own.some(({ address, prefixLength }) => inPrefix(text, `${address}/${prefixLength}`));
  return neighbour
    ? `${text} is in the agent's own network: seen from there, it isn't seen from outside.`
    : null;
}

/** Bits of an IPv6 address that one customer or host gets whole (RFC 4291 2.5.1, RFC 7421). */
const IPV6_NETWORK_BITS = 64;

/** What counts as one party: an IPv4 address, or the /64 of an IPv6 address, in which a host may take any address. */
export function networkOf(address: string): string {
  if (familyOf(address) === 'ipv4') return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/${IPV6_NETWORK_BITS}`).toRFC5952String();
}

/** What counts as one caller; null for this machine itself, where a TLS proxy stands for callers that can't be told apart. */
export const sourceOf = (address: string): string | null =>
  scopeOf(address) === 'loopback' ? null : networkOf(address);
