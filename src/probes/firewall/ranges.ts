import ipaddr from 'ipaddr.js';
import { type Family, familyOf, parseAddress } from '../../model/address.ts';

/** Both ends belong to it. */
export type Range = readonly [low: bigint, high: bigint];
export type Ranges = readonly Range[];

const BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

/** @returns the address as a number, in network byte order; null where the text is no address. */
export function addressNumber(text: string): { readonly family: Family; readonly value: bigint } | null {
  const address = parseAddress(text);
  if (address === null) return null;
  const value = ipaddr
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: familyOf(address), value };
}

export function addressText(value: bigint, family: Family): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, index) =>
    Number((value >> BigInt(BITS[family] - 8 * (index + 1))) & 255n),
  );
  const ip = ipaddr.fromByteArray(bytes);
  return parseAddress(ip.toString()) ?? ip.toString();
}

/** The addresses of a prefix; null where the length isn't one of the family's. */
export function prefixRange(value: bigint, length: number, family: Family): Range | null {
  const bits = BITS[family];
  if (!Number.isInteger(length) || length < 0 || length > bits) return null;
  const host = (1n << BigInt(bits - length)) - 1n;
  return [value & ~host, value | host];
}

/** A large set is compared with many packets, but sorted once. */
const known = new WeakMap<Ranges, Ranges>();

/** The same numbers, sorted and without overlaps. */
function merged(ranges: Ranges): Ranges {
  const before = known.get(ranges);
  if (before !== undefined) return before;
  const sorted = [...ranges].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const result: [bigint, bigint][] = [];
  for (const [low, high] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1n) last[1] = high > last[1] ? high : last[1];
    else result.push([low, high]);
  }
  known.set(ranges, result);
  return result;
}

/** How many numbers are in both. */
export function commonSize(one: Ranges, other: Ranges): bigint {
  const [a, b] = [merged(one), merged(other)];
  let [i, j, size] = [0, 0, 0n];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (left === undefined || right === undefined) return size;
    const low = left[0] > right[0] ? left[0] : right[0];
    const high = left[1] < right[1] ? left[1] : right[1];
    if (low <= high) size += high - low + 1n;
    if (left[1] < right[1]) i += 1;
    else j += 1;
  }
}

export const sizeOf = (ranges: Ranges): bigint =>
  merged(ranges).reduce((sum, [low, high]) => sum + high - low + 1n, 0n);

/** What is in the first but not in the others. */
export function without(ranges: Ranges, holes: Ranges): Ranges {
  const result: Range[] = [];
  const taken = merged(holes);
  for (const [low, high] of merged(ranges)) {
    let from = low;
    for (const [start, end] of taken) {
      if (end < from || start > high) continue;
      if (start > from) result.push([from, start - 1n]);
      from = end + 1n;
    }
    if (from <= high) result.push([from, high]);
  }
  return result;
}

export const includes = (ranges: Ranges, value: bigint): boolean =>
  ranges.some(([low, high]) => low <= value && value <= high);
