import type { IpSets } from './iptables-rule.ts';
import { addressNumber, prefixRange, type Range } from './ranges.ts';

/** Types whose entries are one address or prefix. */
const PLAIN = /^(?:hash:ip|hash:net|bitmap:ip)$/u;

/** Reads what `ipset save` prints; sets that can't be told by addresses alone are left out. */
export function parseIpSets(text: string): IpSets {
  const sets = new Map<string, Range[] | null>();
  for (const line of text.split('\n')) {
    const [verb, name, value, ...more] = line.trim().split(/\s+/u);
    if (name === undefined || value === undefined) continue;
    if (verb === 'create') sets.set(name, PLAIN.test(value) ? [] : null);
    if (verb !== 'add') continue;
    const range = rangeOf(value);
    if (range === null || more.includes('nomatch')) sets.set(name, null);
    else sets.get(name)?.push(range);
  }
  return new Map([...sets].flatMap(([name, ranges]) => (ranges === null ? [] : [[name, ranges] as const])));
}

function rangeOf(text: string): Range | null {
  const [first = '', last] = text.split('-');
  const [plain = '', length] = first.split('/');
  const address = addressNumber(plain);
  if (address === null) return null;
  if (last !== undefined) {
    const end = addressNumber(last);
    return end === null ? null : [address.value, end.value];
  }
  const bits = address.family === 'ipv4' ? 32 : 128;
  return prefixRange(address.value, length === undefined ? bits : Number(length), address.family);
}
