import { parseAddress } from '../../../model/address.ts';
import { readPort } from '../../../model/port.ts';
import { addressNumber, prefixRange, type Range } from '../../firewall/ranges.ts';
import type { Side, Who } from './rule.ts';

/** Characters of a rule; pfctl prints a few hundred at most. */
const MAX_LENGTH = 4_096;
/** Quoted text, a table, a bracket with what is glued to its front, a list in braces, or a word. */
const WORD = /"[^"]*"|<[\w.:-]+>|[^\s"({<]*\([^()]*\)|\{[^{}]*\}|\S+/gu;

/** A rule's words from the front. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#words = text.length > MAX_LENGTH ? [] : (text.match(WORD) ?? []);
  }

  get isEmpty(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(): string {
    return this.#words[this.#at] ?? '';
  }

  next(): string {
    const word = this.peek();
    this.#at += 1;
    return word;
  }

  /** Takes the next word where it is one of these. */
  take(...some: readonly string[]): string | null {
    return some.includes(this.peek()) ? this.next() : null;
  }
}

/** Names of services, as getservbyport() gives them: `https` -> 443. */
export type Services = ReadonlyMap<string, number>;

/** `/etc/services`: name, port/protocol, aliases. */
export function parseServices(text: string): Services {
  const services = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, port] = /^([\w.+-]{1,64})\s+(\d{1,5})\/(?:tcp|udp)\b/u.exec(line) ?? [];
    if (name !== undefined && !services.has(name)) services.set(name, Number(port));
  }
  return services;
}

/** `any`, `! 192.0.2.0/24 port = https`, `<bad> port 1000:2000`, `(en0) os "Linux"`. */
export function takeSide(words: Words, services: Services): Side & { readonly unclear: boolean } {
  const not = words.take('!') !== null;
  const who = takeWho(words);
  const ports = words.take('port') === null ? null : takePorts(words, services);
  let unclear = who.kind === 'unknown' || ports === 'unknown';
  if (words.take('os') !== null) {
    words.next();
    unclear = true;
  }
  return { who, not, ports, unclear };
}

function takeWho(words: Words): Who {
  const word = words.next();
  if (word === 'any') return { kind: 'any' };
  const table = /^<([\w.-]{1,31})(?::\d+)?>$/u.exec(word)?.[1];
  if (table !== undefined) return { kind: 'table', name: table };
  const [, name, modifier] = /^\(([a-z]{1,12}\d{0,4}|self)((?::\w+)*)\)$/u.exec(word) ?? [];
  if (name !== undefined) {
    const isKnown = modifier === '' || modifier === ':network';
    return isKnown ? { kind: 'interface', name, network: modifier === ':network' } : { kind: 'unknown' };
  }
  const first = prefixOf(word);
  if (first === null) {
    if (word === 'route') words.next();
    return { kind: 'unknown' };
  }
  if (words.take('-') === null) return { kind: 'range', ...first };
  const last = prefixOf(words.next());
  if (last?.family !== first.family) return { kind: 'unknown' };
  return { kind: 'range', family: first.family, range: [first.range[0], last.range[1]] };
}

/** `192.0.2.1`, `192.0.2.0/24`, `fe80::1%en0`. */
export function prefixOf(word: string) {
  const [text = '', length] = word.split('/');
  const address = parseAddress(text.replace(/%.*$/u, ''));
  const number = address === null ? null : addressNumber(address);
  if (number === null || (length !== undefined && !/^\d{1,3}$/u.test(length))) return null;
  const bits = number.family === 'ipv4' ? 32 : 128;
  const range = prefixRange(number.value, length === undefined ? bits : Number(length), number.family);
  return range === null ? null : { family: number.family, range };
}

const LAST_PORT = 65_535n;

/** How pf compares: `print_op` of pfctl, `pf_match` of the kernel (xnu bsd/net/pf.c). */
function takePorts(words: Words, services: Services): readonly Range[] | 'unknown' {
  const word = words.next();
  const both = word.split(':');
  if (both.length === 2) return between(portOf(both[0], services), portOf(both[1], services));
  if (!OPERATORS.has(word)) {
    // `1000 >< 2000`, `1000 <> 2000`.
    const low = portOf(word, services);
    const operator = words.take('><', '<>');
    const high = operator === null ? null : portOf(words.next(), services);
    if (low === null || high === null) return 'unknown';
    return operator === '><'
      ? between(low + 1n, high - 1n)
      : [...between(0n, low - 1n), ...between(high + 1n, LAST_PORT)];
  }
  const port = portOf(words.next(), services);
  if (port === null) return 'unknown';
  switch (word) {
    case '=':
      return [[port, port]];
    case '!=':
      return [...between(0n, port - 1n), ...between(port + 1n, LAST_PORT)];
    case '<':
      return between(0n, port - 1n);
    case '<=':
      return between(0n, port);
    case '>':
      return between(port + 1n, LAST_PORT);
    default:
      return between(port, LAST_PORT);
  }
}

const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);

function between(low: bigint | null, high: bigint | null): readonly Range[] {
  return low === null || high === null || low > high ? [] : [[low, high]];
}

function portOf(text: string | undefined, services: Services): bigint | null {
  if (text === undefined) return null;
  if (text === '0') return 0n;
  const port = readPort(text) ?? services.get(text) ?? null;
  return port === null ? null : BigInt(port);
}
