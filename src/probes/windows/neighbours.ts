import { parseAddress } from '../../model/address.ts';

/** IPv4 neighbours, and IPv6 ones: short, and the words that are in the system's language don't matter. */
export const NEIGHBOUR_COMMANDS: readonly (readonly [file: string, ...args: string[]])[] = [
  ['arp', '-a'],
  ['netsh', 'interface', 'ipv6', 'show', 'neighbors'],
];

const HARDWARE = /^[\da-f]{2}(?:-[\da-f]{2}){5}$/iu;

/** The addresses and hardware addresses in what `arp -a` and `netsh interface ipv6 show neighbors` print. */
export function parseWindowsNeighbours(text: string): { address: string; hardware: string }[] {
  return text.split('\n').flatMap((line) => {
    const [first = '', hardware = ''] = line.trim().split(/\s+/u);
    const address = parseAddress(first.replace(/%.*$/u, ''));
    return address === null || !HARDWARE.test(hardware)
      ? []
      : [{ address, hardware: hardware.toLowerCase().replaceAll('-', ':') }];
  });
}
