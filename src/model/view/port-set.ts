import type { StunFacts } from '../facts/path.ts';

/**
 * The ports that a customer of MAP-E, MAP-T or lightweight 4over6 may use: those whose bits after the first
 * `offsetBits` are the customer's PSID (RFC 7597, section 5.1).
 */
export interface PortSet {
  readonly address: string;
  readonly offsetBits: number;
  readonly psidBits: number;
  readonly psid: number;
}

const PORT_BITS = 16;
/** Longest offset in use: 6 is RFC 7597's default, Japanese providers use 4 to 8. */
const MAX_OFFSET_BITS = 8;
/** Shortest and longest PSID in use: 16 to 4096 customers an address. */
const PSID_BITS = { from: 4, to: 12 } as const;
/** Bits of coincidence that it takes before chance is out of the question: one in a million over all hypotheses. */
const ENOUGH_BITS = 27;

const psidOf = (port: number, offsetBits: number, psidBits: number): number =>
  (port >> (PORT_BITS - offsetBits - psidBits)) & ((1 << psidBits) - 1);

const offsetOf = (port: number, offsetBits: number): number => port >> (PORT_BITS - offsetBits);

/**
 * The set that the mapped ports reveal: the narrowest that fits all of them, if chance can't explain it.
 * A contiguous set (offset 0) isn't told from a NAT that counts upwards, and is never concluded.
 */
export function portSetOf(samples: StunFacts['samples']): PortSet | null {
  const address = samples[0]?.address;
  if (address === undefined || samples.some((sample) => sample.address !== address)) return null;
  const ports = [...new Set(samples.map(({ port }) => port))];
  for (let psidBits: number = PSID_BITS.to; psidBits >= PSID_BITS.from; psidBits -= 1) {
    if (psidBits * (ports.length - 1) < ENOUGH_BITS) return null;
    for (
      let offsetBits = 1;
      offsetBits <= MAX_OFFSET_BITS && offsetBits + psidBits <= PORT_BITS;
      offsetBits += 1
    ) {
      const psids = new Set(ports.map((port) => psidOf(port, offsetBits, psidBits)));
      const offsets = new Set(ports.map((port) => offsetOf(port, offsetBits)));
      const [psid] = psids;
      // Offset 0 holds the system ports, which no customer gets; several offsets show that it isn't one block.
      if (psid !== undefined && psids.size === 1 && offsets.size > 1 && !offsets.has(0)) {
        return { address, offsetBits, psidBits, psid };
      }
    }
  }
  return null;
}

/**
 * The ports show that the line isn't confined to a set: most are those that this machine chose itself, or they follow no
 * set at all, one block included.
 */
export function arePortsFree(samples: StunFacts['samples']): boolean {
  const kept = samples.filter(({ localPort, port }) => localPort === port).length;
  if (kept * 2 >= samples.length) return true;
  const offsets = Array.from({ length: MAX_OFFSET_BITS + 1 }, (_, bits) => bits);
  return offsets.every(
    (bits) => new Set(samples.map(({ port }) => psidOf(port, bits, PSID_BITS.from))).size > 1,
  );
}

export const isInSet = (port: number, { offsetBits, psidBits, psid }: PortSet): boolean =>
  offsetOf(port, offsetBits) !== 0 && psidOf(port, offsetBits, psidBits) === psid;

/** The first ports of the set's blocks, `count` of them: easy to remember, and spread. */
export function portsOf({ offsetBits, psidBits, psid }: PortSet, count: number): number[] {
  const rest = PORT_BITS - offsetBits - psidBits;
  const blocks = Array.from({ length: (1 << offsetBits) - 1 }, (_, index) => index + 1);
  return blocks.slice(0, count).map((block) => (block << (PORT_BITS - offsetBits)) | (psid << rest));
}
