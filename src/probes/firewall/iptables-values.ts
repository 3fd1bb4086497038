import type { Family } from '../../model/address.ts';
import { addressNumber, prefixRange, type Range } from './ranges.ts';
import { type Among, always, never, numbers, type Test, unknown } from './ruleset.ts';

export const list = (text: string): readonly string[] => text.split(',');

/** Names joined by commas as one number of bits; null where one isn't in the table. */
export function bits(text: string, table: Readonly<Record<string, bigint>>): bigint | null {
  let result = 0n;
  for (const name of list(text.toLowerCase().replaceAll('_', '-'))) {
    const bit = Object.hasOwn(table, name) ? table[name] : undefined;
    if (bit === undefined) return null;
    result |= bit;
  }
  return result;
}

/** `0x1` or `0x1/0xff`. */
export function numberAmong(text: string): Among | null {
  const [, value, mask] = /^(0x[\da-f]+|\d+)(?:\/(0x[\da-f]+|\d+))?$/iu.exec(text) ?? [];
  if (value === undefined) return null;
  const number = BigInt(value);
  return numbers([[number, number]], mask === undefined ? null : BigInt(mask));
}

/** `22`, `1000:2000`, `80,443,1000:2000`. */
export function portAmong(text: string): Among | null {
  const ranges: Range[] = [];
  for (const part of list(text)) {
    const [, low, high] = /^(\d{1,5})(?::(\d{1,5}))?$/u.exec(part) ?? [];
    if (low === undefined) return null;
    ranges.push([BigInt(low), BigInt(high ?? low)]);
  }
  return numbers(ranges);
}

/** `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.255.0`, `10.0.0.1-10.0.0.9`. */
export function addressAmong(text: string, family: Family): Among | null {
  const [first = '', to] = text.split('-');
  if (to !== undefined) {
    const [low, high] = [addressNumber(first), addressNumber(to)];
    if (low?.family !== family || high?.family !== family) return null;
    return numbers([[low.value, high.value]]);
  }
  const [plain = '', length] = text.split('/');
  const address = addressNumber(plain);
  if (address?.family !== family) return null;
  if (length === undefined) return numbers([[address.value, address.value]]);
  const mask = addressNumber(length);
  if (mask !== null) return numbers([[address.value, address.value]], mask.value);
  const range = /^\d{1,3}$/u.test(length) ? prefixRange(address.value, Number(length), family) : null;
  return range === null ? null : numbers([range]);
}

interface Named {
  readonly name: string;
  readonly values: readonly string[];
  readonly module: string;
}

/** How a rate is told in detail; what it comes to for a first packet is the same. */
const DETAILS =
  /^(?:limit --limit-burst|hashlimit --hashlimit-(?:burst|mode|name|srcmask|dstmask|htable-\w+)|connlimit --connlimit-(?:mask|saddr|daddr)|recent --(?:name|mask|rsource|seconds|reap|rttl))$/u;

/** A stranger's first packet: below every rate, and on no list of those who were there before. */
export function rateTest(
  module: string,
  name: string,
  values: readonly string[],
  negate: boolean,
  all: readonly Named[],
): Test | null {
  const what = `${module} ${name}`;
  if (DETAILS.test(what)) return null;
  if (negate) return unknown;
  switch (what) {
    case 'limit --limit':
    case 'hashlimit --hashlimit-upto':
      return always;
    case 'hashlimit --hashlimit-above':
      return never;
    case 'connlimit --connlimit-above':
      return Number(values[0]) >= 1 ? never : unknown;
    case 'connlimit --connlimit-upto':
      return Number(values[0]) >= 1 ? always : unknown;
    case 'recent --update':
    case 'recent --rcheck': {
      // Without a count, an entry that another rule made a moment ago is enough.
      const count = all.find((option) => option.module === 'recent' && option.name === '--hitcount');
      return Number(count?.values[0]) >= 2 ? never : unknown;
    }
    case 'recent --hitcount':
      return null;
    default:
      return unknown;
  }
}
