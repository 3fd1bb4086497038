import { leftOf } from './nft-fields.ts';
import { elementsOf, familyName, isRecord, type NamedSets, rangeOf } from './nft-values.ts';
import { addressNumber } from './ranges.ts';
import {
  field,
  type MarkValue,
  names,
  numbers,
  type Step,
  type TableFamily,
  type Test,
  test,
  unknown,
  unknownVerdict,
  type Verdict,
  verdict,
} from './ruleset.ts';

/** All bits of a mark. */
const ALL = 0xffff_ffffn;

/** `meta mark set …`, `ct mark set …`; what changes ports or addresses otherwise isn't modelled. */
export function markOf({ key, value }: Record<string, unknown>): readonly Step[] {
  if (isRecord(key) && isRecord(key.payload)) {
    const { field: name } = key.payload;
    return ['saddr', 'daddr', 'sport', 'dport'].includes(String(name)) ? [unknownVerdict] : [];
  }
  const [of] = leftOf(key).fields;
  return of === 'mark' || of === 'ct-mark' ? [{ do: 'mark', of, to: markValue(value, of) }] : [];
}

function markValue(value: unknown, of: 'mark' | 'ct-mark'): MarkValue {
  const range = rangeOf(value, of);
  if (range !== null) return range[0] === range[1] ? { and: 0n, xor: range[0] } : null;
  if (!isRecord(value)) return null;
  for (const operator of ['|', '&', '^'] as const) {
    const operands = value[operator];
    if (!Array.isArray(operands) || operands.length !== 2) continue;
    const number = rangeOf(operands[1], of);
    const left = leftOf(operands[0]);
    if (number === null || left.fields[0] !== of || left.mask !== null) return null;
    const bits = number[0];
    if (operator === '&') return { and: bits, xor: 0n };
    return operator === '^' ? { and: ALL, xor: bits } : { and: ALL & ~bits, xor: bits };
  }
  const { fields, mask } = leftOf(value);
  const [from] = fields;
  return mask === null && (from === 'mark' || from === 'ct-mark') ? { from } : null;
}

/** Destination translation, also by a map from ports or addresses to where they lead. */
export function dnatSteps(body: unknown, family: TableFamily | 'arp', sets: NamedSets): readonly Step[] {
  const { addr, port, family: of } = isRecord(body) ? body : {};
  const only = familyName(of ?? family);
  const needs: Step[] =
    only === null ? [] : [test(field('nfproto', numbers([only === 'ipv4' ? [2n, 2n] : [10n, 10n]])))];
  const onlyMap = (value: unknown) => (isRecord(value) && isRecord(value.map) ? value.map : undefined);
  const map = onlyMap(addr) ?? onlyMap(port);
  if (map === undefined) return [...needs, verdict(translation(addr, port))];
  // Both from maps is possible, but nobody writes it.
  if (onlyMap(addr) !== undefined && onlyMap(port) !== undefined) return [...needs, unknownVerdict];
  const { fields, mask, needs: keyNeeds } = leftOf(map.key);
  const [keyField] = fields;
  const pairs = elementsOf(map.data, sets);
  if (keyField === undefined || fields.length > 1 || mask !== null || pairs === null) {
    return [...needs, unknownVerdict];
  }
  const entries = pairs.map((pair): { key: Test; verdict: Verdict } => {
    const [what, to]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    return {
      key: keyTest(what),
      verdict: onlyMap(addr) === undefined ? translation(addr, to) : translation(to, port),
    };
  });
  return [...needs, ...keyNeeds.map(test), { do: 'vmap', entries }];

  function keyTest(what: unknown): Test {
    if (keyField === undefined) return unknown;
    if (keyField === 'iif' || keyField === 'oif') {
      return typeof what === 'string' ? field(keyField, names([what])) : unknown;
    }
    const range = rangeOf(what, keyField);
    return range === null ? unknown : field(keyField, numbers([range]));
  }
}

function translation(addr: unknown, port: unknown): Verdict {
  if (isRecord(addr) && Array.isArray(addr.concat)) {
    const [address, to, ...more] = addr.concat;
    return more.length > 0 || port !== undefined ? { kind: 'unknown' } : translation(address, to);
  }
  const address = typeof addr === 'string' ? addressNumber(addr) : null;
  // One of several addresses or ports: it can't be told which.
  if (addr !== undefined && address === null) return { kind: 'unknown' };
  if (port !== undefined && (typeof port !== 'number' || port < 1 || port > 65_535))
    return { kind: 'unknown' };
  return {
    kind: 'dnat',
    address: address?.value ?? null,
    port: typeof port === 'number' ? port : null,
  };
}
