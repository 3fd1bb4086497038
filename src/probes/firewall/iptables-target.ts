import type { Family } from '../../model/address.ts';
import { readPort } from '../../model/port.ts';
import { addressNumber } from './ranges.ts';
import { type MarkValue, type Step, unknownVerdict, type Verdict, verdict } from './ruleset.ts';

/** Targets after which the next rule is asked, and which change nothing that a rule here could see. */
const HARMLESS = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'AUDIT',
  'TRACE',
  'TOS',
  'DSCP',
  'TTL',
  'HL',
  'TCPMSS',
  'TCPOPTSTRIP',
  'CHECKSUM',
  'CLASSIFY',
  'SET',
  'CONNSECMARK',
  'SECMARK',
  'LED',
  'IDLETIMER',
  'TEE',
  'RATEEST',
  'ECN',
]);
/** Targets that may do anything with a packet. */
const UNKNOWN = new Set([
  'QUEUE',
  'NFQUEUE',
  'SYNPROXY',
  'TPROXY',
  'NETMAP',
  'CLUSTERIP',
  'TARPIT',
  'DELUDE',
  'CHAOS',
  'STEAL',
]);

interface Option {
  readonly name: string;
  readonly values: readonly string[];
}

/** What a rule does, from its `-j` or `-g` on. */
export function targetSteps(
  how: string,
  name: string | undefined,
  options: readonly Option[],
  family: Family,
): readonly Step[] {
  if (name === undefined) return [unknownVerdict];
  if (how === '-g') return [verdict({ kind: 'goto', target: name })];
  if (HARMLESS.has(name)) return [];
  if (UNKNOWN.has(name)) return [unknownVerdict];
  const value = (option: string): string | undefined =>
    options.find((each) => each.name === option)?.values[0];
  switch (name) {
    case 'ACCEPT':
    case 'SNAT':
    case 'MASQUERADE':
      return [verdict({ kind: 'accept' })];
    case 'DROP':
      return [verdict({ kind: 'drop' })];
    case 'REJECT':
      return [verdict({ kind: 'reject' })];
    case 'RETURN':
      return [verdict({ kind: 'return' })];
    case 'MARK':
      return [{ do: 'mark', of: 'mark', to: xmark(value('--set-xmark')) }];
    case 'CONNMARK':
      return connmark(options, value('--set-xmark'));
    case 'NOTRACK':
      return [{ do: 'notrack' }];
    case 'CT':
      return options.some((each) => each.name === '--notrack') ? [{ do: 'notrack' }] : [];
    case 'REDIRECT':
      return [verdict(portOnly(value('--to-ports')))];
    case 'DNAT':
      return [verdict(destination(value('--to-destination'), family))];
    default:
      return [verdict({ kind: 'jump', target: name })];
  }
}

/** `VALUE/MASK`: the mask's bits are cleared, then the value is combined by exclusive or. */
function xmark(text: string | undefined): MarkValue {
  const [, value, mask] = /^(0x[\da-f]+)\/(0x[\da-f]+)$/iu.exec(text ?? '') ?? [];
  if (value === undefined || mask === undefined) return null;
  return { and: 0xffff_ffffn & ~BigInt(mask), xor: BigInt(value) };
}

function connmark(options: readonly Option[], set: string | undefined): readonly Step[] {
  const [first] = options;
  // With masks, only some bits are copied.
  const isPlain = options.every(
    ({ name, values }) => !/mask/u.test(name) || values.every((value) => /^(?:0x)?f{8}$/iu.test(value)),
  );
  if (first?.name === '--save-mark')
    return [{ do: 'mark', of: 'ct-mark', to: isPlain ? { from: 'mark' } : null }];
  if (first?.name === '--restore-mark')
    return [{ do: 'mark', of: 'mark', to: isPlain ? { from: 'ct-mark' } : null }];
  return [{ do: 'mark', of: 'ct-mark', to: xmark(set) }];
}

function portOnly(text: string | undefined): Verdict {
  if (text === undefined) return { kind: 'dnat', address: null, port: null };
  const port = readPort(text);
  return port === null ? { kind: 'unknown' } : { kind: 'dnat', address: null, port };
}

/** `10.0.0.1`, `10.0.0.1:80`, `:80`, `[fd00::1]:80`; one of several can't be told. */
function destination(text: string | undefined, family: Family): Verdict {
  const [, bracketed, plain, port] =
    /^(?:\[([\da-f:]+)\]|([\d.]+|[\da-f:]*[\da-f]:[\da-f:]*|))(?::(\d+))?$/iu.exec(text ?? '') ?? [];
  if (text === undefined) return { kind: 'unknown' };
  const asAddress = family === 'ipv6' ? addressNumber(text) : null;
  if (asAddress !== null) return { kind: 'dnat', address: asAddress.value, port: null };
  const host = bracketed ?? plain;
  if (host === undefined) return { kind: 'unknown' };
  const address = host === '' ? null : addressNumber(host);
  const to = port === undefined ? null : readPort(port);
  const isWrong = (host !== '' && address?.family !== family) || (port !== undefined && to === null);
  if (isWrong || (address === null && to === null)) return { kind: 'unknown' };
  return { kind: 'dnat', address: address?.value ?? null, port: to };
}
