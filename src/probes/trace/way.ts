import type { Hop } from './traceroute.ts';

/** Runs of hops that nobody answered for, asked about once more; more than that become one. */
const MAX_GAPS = 3;

export interface Range {
  readonly first: number;
  readonly last: number;
}

/** The hops that a second look is worth: a lost packet or a router's limit on what it answers hides them. */
export function gapsOf(hops: readonly Hop[]): Range[] {
  const gaps: { first: number; last: number }[] = [];
  for (const { ttl, address } of hops) {
    if (address !== null) continue;
    const open = gaps.at(-1);
    if (open?.last === ttl - 1) open.last = ttl;
    else gaps.push({ first: ttl, last: ttl });
  }
  if (gaps.length <= MAX_GAPS) return gaps;
  const last = gaps.at(-1);
  const rest = gaps[MAX_GAPS - 1];
  return last === undefined || rest === undefined
    ? gaps
    : [...gaps.slice(0, MAX_GAPS - 1), { first: rest.first, last: last.last }];
}

/** One way out of both looks: an answer counts whichever of them got it. What lies behind the end of the way is left out. */
export function merged(first: readonly Hop[], again: readonly Hop[], ranges: readonly Range[]): Hop[] {
  const byTtl = new Map(first.map((hop) => [hop.ttl, hop]));
  for (const hop of again) if (hop.address !== null) byTtl.set(hop.ttl, hop);
  const hops = [...byTtl.values()].toSorted((one, other) => one.ttl - other.ttl);
  // A look that stops before the last hop that it was told to ask for has found the end.
  const ends = ranges.flatMap(({ first: from, last }) => {
    const asked = again.filter(({ ttl }) => ttl >= from && ttl <= last);
    const end = asked.at(-1);
    return end !== undefined && end.address !== null && end.ttl < last ? [end.ttl] : [];
  });
  const end = Math.min(...ends, Number.POSITIVE_INFINITY);
  return hops.filter(({ ttl }) => ttl <= end);
}

/** The address itself is the end of the way, and said nothing against it. */
export function isReached(hops: readonly Hop[], address: string): boolean {
  const end = hops.at(-1);
  return end?.address === address && end.note === null;
}
