import { familyOf, inPrefix } from '../../model/address.ts';
import type { NetworkInterfaceAddress } from '../../ports/ports.ts';

/** The own address on the network that the gateway is on: the longest prefix that holds both. Null for a box further out. */
export function ownAddressFor(
  gateway: string,
  interfaces: readonly NetworkInterfaceAddress[],
): string | null {
  const near = interfaces.filter(
    ({ address, prefixLength }) =>
      familyOf(address) === familyOf(gateway) && inPrefix(gateway, `${address}/${prefixLength}`),
  );
  return near.toSorted((one, other) => other.prefixLength - one.prefixLength)[0]?.address ?? null;
}
