import { PROVIDER } from '../addresses.ts';

/** First and last port of a range, both included. */
export type PortRange = readonly [first: number, last: number];

/** Ports have 16 bits: `offset` of them count the ranges, `psidLength` are the home's, the rest is inside a range. */
const PORT_BITS = 16;

/**
 * The ports that MAP-E leaves to the home: those whose middle bits are its PSID, in every range but the first, which
 * has the well-known ones (RFC 7597, section 5.1).
 */
function portSetOf({ offset, psidLength, psid }: typeof PROVIDER.portSet): PortRange[] {
  const inside = PORT_BITS - offset - psidLength;
  return Array.from({ length: 2 ** offset - 1 }, (_, index) => {
    const first = ((index + 1) << (PORT_BITS - offset)) | (psid << inside);
    return [first, first + 2 ** inside - 1] as const;
  });
}

export const PORT_SET: readonly PortRange[] = portSetOf(PROVIDER.portSet);

/** The first port of each range: some that the home may be reached at. */
export const PORTS_IN_SET: readonly number[] = PORT_SET.map(([first]) => first);

/** As an nftables set. */
export const PORT_SET_TEXT = `{ ${PORT_SET.map(([first, last]) => `${first}-${last}`).join(', ')} }`;

/** Chains that translate what leaves into the set, a range by chance; to be jumped to as `into-set`. */
export function portSetChains(): string {
  const ranges = PORT_SET.map(
    ([first, last], index) => `
  chain range-${index} {
    meta l4proto tcp masquerade to :${first}-${last}
    meta l4proto udp masquerade to :${first}-${last}
  }`,
  );
  const choice = PORT_SET.map((_, index) => `${index} : goto range-${index}`);
  return `${ranges.join('')}
  chain into-set {
    meta l4proto { tcp, udp } numgen random mod ${PORT_SET.length} vmap { ${choice.join(', ')} }
    masquerade
  }`;
}
