import { parseAddress } from '../../model/address.ts';
import { hardwareAddress, NEIGHBOURS_TIMEOUT, type Neighbour, type ReadNeighbours } from './neighbour.ts';

/** IPv4 neighbours, and IPv6 ones: short, and the words that are in the system's language don't matter. */
const COMMANDS: readonly (readonly [file: string, ...args: string[]])[] = [
  ['arp', '-a'],
  ['netsh', 'interface', 'ipv6', 'show', 'neighbors'],
];

export const windowsNeighbours: ReadNeighbours = async ({ exec }, signal) => {
  const texts = await Promise.all(
    COMMANDS.map(async ([file, ...args]) => {
      const result = await exec.run(file, args, { timeoutMs: NEIGHBOURS_TIMEOUT, signal });
      return result?.exitCode === 0 ? result.stdout : '';
    }),
  );
  return texts.flatMap(parse);
};

/** The addresses and hardware addresses in what `arp -a` and `netsh interface ipv6 show neighbors` print. */
function parse(text: string): Neighbour[] {
  return text.split('\n').flatMap((line) => {
    const [first = '', second = ''] = line.trim().split(/\s+/u);
    const address = parseAddress(first.replace(/%.*$/u, ''));
    const hardware = second.includes('-') ? hardwareAddress(second) : null;
    return address === null || hardware === null ? [] : [{ address, hardware }];
  });
}
