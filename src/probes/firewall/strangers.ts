import type { Family } from '../../model/address.ts';
import { addressNumber, prefixRange, type Range, type Ranges, sizeOf, without } from './ranges.ts';
import type { Anyone } from './segment.ts';

/** Not globally reachable unicast. Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890). */
const SPECIAL: Readonly<Record<Family, readonly string[]>> = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ],
  ipv6: ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
};
/** Where public addresses lie: IPv6's global unicast is 2000::/3 (RFC 4291, 2.4). */
const UNICAST: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0/0', ipv6: '2000::/3' };

/** A rule for at most so many addresses is about certain hosts: bans, one's office. For IPv6 as many /64s. */
const FEW: Readonly<Record<Family, bigint>> = { ipv4: 1n << 16n, ipv6: 1n << 80n };
/** Of a local network: a rule for so small a part of it is about certain hosts. */
const PART_OF_NETWORK = 16n;
/** An IPv6 network is a /64, also where the address was given with a /128 (RFC 4291, 2.5.4). */
const IPV6_NETWORK = 64;

function range(cidr: string): Range {
  const [text = '', length] = cidr.split('/');
  const address = addressNumber(text);
  const found = address === null ? null : prefixRange(address.value, Number(length), address.family);
  if (found === null) throw new RangeError(`not a prefix: ${cidr}`);
  return found;
}

const publicRanges = (family: Family): Ranges =>
  without([range(UNICAST[family])], SPECIAL[family].map(range));

/** Some public address for which nobody wrote a rule. */
export const someoneOnTheInternet: Readonly<Record<Family, Anyone>> = {
  ipv4: { among: publicRanges('ipv4'), negligible: FEW.ipv4 },
  ipv6: { among: publicRanges('ipv6'), negligible: FEW.ipv6 },
};

/** Some other host of the network that the address is in; null where it is alone in it. */
export function someNeighbour(address: string, prefixLength: number): Anyone | null {
  const own = addressNumber(address);
  if (own === null) return null;
  const length = own.family === 'ipv6' ? Math.min(prefixLength, IPV6_NETWORK) : prefixLength;
  const network = prefixRange(own.value, length, own.family);
  if (network === null) return null;
  const among = without([network], [[own.value, own.value]]);
  const size = sizeOf(among);
  return size === 0n ? null : { among, negligible: size / PART_OF_NETWORK };
}

/** A client's own port: any that isn't reserved for servers (RFC 6056, 3.2). */
export const somePort: Anyone = { among: [[1024n, 65_535n]], negligible: 0n };
