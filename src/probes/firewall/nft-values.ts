import type { Family } from '../../model/address.ts';
import { addressNumber, prefixRange, type Range } from './ranges.ts';
import {
  type Among,
  anyBit,
  CT_STATE,
  CT_STATUS,
  type Field,
  names,
  numbers,
  PROTOCOLS,
  TCP_FLAGS,
} from './ruleset.ts';

/** The sets and maps of one table, by name: what nft prints as their elements. */
export type NamedSets = ReadonlyMap<string, readonly unknown[]>;

const NAMED: readonly Field[] = ['iif', 'oif', 'pkttype', 'saddr-type', 'daddr-type'];
const SYMBOLS: Readonly<Partial<Record<Field, Readonly<Record<string, bigint>>>>> = {
  'ct-state': CT_STATE,
  'ct-status': CT_STATUS,
  'ct-direction': { original: 0n, reply: 1n },
  'tcp-flags': TCP_FLAGS,
  l4proto: PROTOCOLS,
  nfproto: { ipv4: 2n, ipv6: 10n },
  ethertype: { ip: 0x0800n, ip6: 0x86ddn, arp: 0x0806n, vlan: 0x8100n, '8021q': 0x8100n },
};
/** Above every address: what a 128-bit field can hold. */
const MOST = (1n << 128n) - 1n;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value as a range of numbers; null where it isn't known what it stands for. */
export function rangeOf(value: unknown, field: Field): Range | null {
  if (typeof value === 'boolean') return value ? [1n, 1n] : [0n, 0n];
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? point(BigInt(value)) : null;
  if (typeof value === 'string') {
    if (value === '*') return [0n, MOST];
    const symbol = symbolOf(value, field);
    if (symbol !== null) return point(symbol);
    const address = addressNumber(value);
    if (address !== null) return point(address.value);
    return /^(?:0x[\da-f]+|\d+)$/u.test(value) ? point(BigInt(value)) : null;
  }
  if (Array.isArray(value)) return bitsOf(value, field);
  if (!isRecord(value)) return null;
  if ('elem' in value) return isRecord(value.elem) ? rangeOf(value.elem.val, field) : null;
  if ('|' in value) return bitsOf(value['|'], field);
  if ('prefix' in value) return prefixOf(value.prefix);
  if (!Array.isArray(value.range) || value.range.length !== 2) return null;
  const [low, high] = value.range.map((end: unknown) => rangeOf(end, field));
  return low && high ? [low[0], high[1]] : null;
}

const point = (value: bigint): Range => [value, value];

function symbolOf(name: string, field: Field): bigint | null {
  const table = SYMBOLS[field];
  return table !== undefined && Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

/** Several bits at once, as one number. */
function bitsOf(value: unknown, field: Field): Range | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  let bits = 0n;
  for (const part of value) {
    const range = rangeOf(part, field);
    if (range === null || range[0] !== range[1]) return null;
    bits |= range[0];
  }
  return point(bits);
}

function prefixOf(value: unknown): Range | null {
  if (!isRecord(value) || typeof value.addr !== 'string' || typeof value.len !== 'number') return null;
  const address = addressNumber(value.addr);
  return address === null ? null : prefixRange(address.value, value.len, address.family);
}

/** The elements of a set, whether it stands in the rule or has a name; a single value is a set of one. */
export function elementsOf(right: unknown, sets: NamedSets): readonly unknown[] | null {
  if (typeof right === 'string' && right.startsWith('@')) return sets.get(right.slice(1)) ?? null;
  if (isRecord(right) && 'set' in right) {
    const { set } = right;
    return Array.isArray(set) ? set : [set];
  }
  return [right];
}

/** What a match compares with; null where part of it isn't understood. */
export function amongOf(
  right: unknown,
  field: Field,
  sets: NamedSets,
  mask: bigint | null = null,
): Among | null {
  const elements = elementsOf(right, sets);
  if (elements === null) return null;
  if (NAMED.includes(field)) {
    const found = elements.map(nameOf);
    return found.every((name) => name !== null) ? names(found) : null;
  }
  const ranges: Range[] = [];
  for (const element of elements) {
    const range = rangeOf(element, field);
    if (range === null) return null;
    ranges.push(range);
  }
  return numbers(ranges, mask);
}

/** `in`: at least one of the bits. */
export function bitsAmong(right: unknown, field: Field): Among | null {
  const bits = isRecord(right) ? null : bitsOf([right].flat(), field);
  return bits === null || bits[0] === 0n ? null : anyBit(bits[0]);
}

/** Before or after a value; null for other comparisons. */
export function ordered(op: string, right: unknown, field: Field): Among | null {
  const range = rangeOf(right, field);
  if (range === null || NAMED.includes(field)) return null;
  const [low, high] = range;
  switch (op) {
    case '<':
      return numbers(low === 0n ? [] : [[0n, low - 1n]]);
    case '<=':
      return numbers([[0n, high]]);
    case '>':
      return numbers([[high + 1n, MOST]]);
    case '>=':
      return numbers([[low, MOST]]);
    default:
      return null;
  }
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (isRecord(value) && isRecord(value.elem)) return nameOf(value.elem.val);
  return null;
}

/** A key of several parts; null where it isn't one of so many. */
export function tupleOf(element: unknown, fields: readonly Field[], sets: NamedSets): Among[] | null {
  if (isRecord(element) && isRecord(element.elem)) return tupleOf(element.elem.val, fields, sets);
  if (element === '*') return fields.map(() => numbers([[0n, MOST]]));
  const parts = isRecord(element) ? element.concat : null;
  if (!Array.isArray(parts) || parts.length !== fields.length) return null;
  const tuple: Among[] = [];
  for (const [index, name] of fields.entries()) {
    const among = amongOf(parts[index], name, sets);
    if (among === null) return null;
    tuple.push(among);
  }
  return tuple;
}

export const familyName = (family: unknown): Family | null =>
  family === 'ip' ? 'ipv4' : family === 'ip6' ? 'ipv6' : null;
