import ipaddr from 'ipaddr.js';

/** A network in canonical form, or undefined if it isn't one: host bits make it none. */
export function network(cidr: string): { text: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  if (!ipaddr.isValidCIDR(cidr)) {
    return undefined;
  }
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const family = address.kind();
  const first =
    family === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  if (first.toNormalizedString() !== address.toNormalizedString()) {
    return undefined;
  }
  return { text: `${first.toString()}/${prefix}`, prefix, family };
}

/** Whether all of `inner` is in `outer`; both are networks of one family. */
export function contains(outer: string, inner: string): boolean {
  const [outerAddress, outerPrefix] = ipaddr.parseCIDR(outer);
  const [innerAddress, innerPrefix] = ipaddr.parseCIDR(inner);
  return innerPrefix >= outerPrefix && inNetwork(innerAddress, outerAddress, outerPrefix);
}

export function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** The address `offset` after a network's first. */
export function addressIn(cidr: string, offset: number): string {
  const [address] = ipaddr.parseCIDR(cidr);
  const bytes = address.toByteArray();
  let carry = offset;
  for (let index = bytes.length - 1; index >= 0 && carry > 0; index -= 1) {
    carry += bytes[index] ?? 0;
    bytes[index] = carry & 255;
    carry >>= 8;
  }
  return ipaddr.fromByteArray(bytes).toString();
}

function inNetwork(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  first: ipaddr.IPv4 | ipaddr.IPv6,
  prefix: number,
): boolean {
  if (address instanceof ipaddr.IPv4) {
    return first instanceof ipaddr.IPv4 && address.match(first, prefix);
  }
  return first instanceof ipaddr.IPv6 && address.match(first, prefix);
}
