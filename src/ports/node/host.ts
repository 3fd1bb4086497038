import { networkInterfaces, release } from 'node:os';
import { parseAddress } from '../../model/address.ts';
import type { NetworkInterfaceAddress, Ports } from '../ports.ts';

/** Addresses of the interfaces that are up, canonical, without zone ids. */
export function ownInterfaces(): NetworkInterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? []).flatMap((entry) => {
      const address = parseAddress(entry.address.replace(/%.*$/u, ''));
      // `cidr` is null where the netmask has holes: not a prefix.
      const prefixLength = entry.cidr === null ? Number.NaN : Number(entry.cidr.split('/')[1]);
      if (address === null || !Number.isInteger(prefixLength)) return [];
      return [{ interface: name, address, prefixLength }];
    }),
  );
}

export const thisMachine = (): Ports['host'] => ({
  platform: process.platform,
  release: release(),
  isRoot: process.getuid === undefined ? null : process.getuid() === 0,
  interfaces: ownInterfaces,
});
