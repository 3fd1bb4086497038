import type { Family } from '../../model/address.ts';
import { targetSteps } from './iptables-target.ts';
import { addressAmong, bits, list, numberAmong, portAmong, rateTest } from './iptables-values.ts';
import type { Range } from './ranges.ts';
import {
  type Among,
  anyBit,
  CT_STATE,
  CT_STATUS,
  type Field,
  field,
  names,
  never,
  numbers,
  PROTOCOLS,
  type Step,
  TCP,
  TCP_FLAGS,
  type Test,
  test,
  UDP,
  unknown,
} from './ruleset.ts';

/** The addresses of each ipset of one dimension; one that isn't here can't be told. */
export type IpSets = ReadonlyMap<string, readonly Range[]>;

/** Splits a line as iptables-save quotes it; null where a quote isn't closed. */
export function argumentsOf(line: string): string[] | null {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/uy;
  let at = 0;
  while (at < line.trimEnd().length) {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found === null) return null;
    words.push(found[1]?.replace(/\\(.)/gu, '$1') ?? found[2] ?? '');
    at = pattern.lastIndex;
  }
  return words;
}

/** An option with its values, as it stands in the rule. */
interface Option {
  readonly name: string;
  readonly values: readonly string[];
  readonly negate: boolean;
  /** The `-m` that it belongs to. */
  readonly module: string;
}

function optionsOf(words: readonly string[]): readonly Option[] {
  const options: { name: string; values: string[]; negate: boolean; module: string }[] = [];
  let module = '';
  let negate = false;
  for (const word of words) {
    const last = options.at(-1);
    if (word === '!') negate = true;
    else if (/^--?[a-z]/u.test(word)) {
      options.push({ name: word, values: [], negate, module });
      negate = false;
    } else if (last === undefined) options.push({ name: word, values: [], negate, module });
    else {
      last.values.push(word);
      // The name of the module, not the value of one of its options.
      if (last.name === '-m' && last.values.length === 1) module = word;
    }
  }
  return options;
}

/** A rule's words after `-A CHAIN`; an option that isn't known makes its match unknown. */
export function ruleSteps(words: readonly string[], family: Family, sets: IpSets): readonly Step[] {
  const options = optionsOf(words);
  const jump = options.findIndex(({ name }) => name === '-j' || name === '-g');
  const before = jump < 0 ? options : options.slice(0, jump);
  const tests = before.map((option) => testOf(option, options, family, sets));
  const steps = tests.flatMap((each) => (each === null ? [] : [test(each)]));
  const target = jump < 0 ? undefined : options[jump];
  if (target === undefined) return steps;
  const [name] = target.values;
  const rest = options.slice(jump + 1);
  return [...steps, ...targetSteps(target.name, name, rest, family)];
}

/** Null for options that always hold. */
function testOf(option: Option, all: readonly Option[], family: Family, sets: IpSets): Test | null {
  const { name, values, negate, module } = option;
  const [value = '', second] = values;
  const on = (what: Field, among: Among | null): Test =>
    among === null ? unknown : field(what, among, negate);
  switch (name) {
    case '-m': {
      // Some modules match by themselves, without any option.
      const hasOptions = all.some((other) => other.module === value && other.name !== '-m');
      return values.length === 1 && (hasOptions || value === 'tcp' || value === 'udp') ? null : unknown;
    }
    case '-p':
    case '-4':
    case '-6':
      return name === '-p' ? on('l4proto', protocol(value)) : unknown;
    case '-s':
      return on('saddr', addressAmong(value, family));
    case '-d':
      return on('daddr', addressAmong(value, family));
    case '-i':
      return on('iif', names([pattern(value)]));
    case '-o':
      return on('oif', names([pattern(value)]));
    case '-f':
      // Further fragments only; a first packet isn't one.
      return negate ? null : never;
  }
  switch (`${module} ${name}`) {
    case 'comment --comment':
      return null;
    case 'tcp --dport':
    case 'udp --dport':
    case 'multiport --dports':
      return on('dport', portAmong(value));
    case 'tcp --sport':
    case 'udp --sport':
    case 'multiport --sports':
      return on('sport', portAmong(value));
    case 'multiport --ports':
      return unknown;
    case 'tcp --tcp-flags': {
      const [mask, set] = [tcpFlags(value), tcpFlags(second ?? '')];
      return mask === null || set === null ? unknown : on('tcp-flags', numbers([[set, set]], mask));
    }
    case 'icmp --icmp-type':
    case 'icmp6 --icmpv6-type':
      return never;
    case 'conntrack --ctstate':
    case 'state --state':
      return conntrackState(value, negate);
    case 'conntrack --ctstatus': {
      const set = bits(value, CT_STATUS);
      return on('ct-status', set === null ? null : anyBit(set));
    }
    case 'conntrack --ctdir':
      return on('ct-direction', numberAmong(value === 'ORIGINAL' ? '0' : '1'));
    case 'conntrack --ctorigdst':
      return on('original-daddr', addressAmong(value, family));
    case 'conntrack --ctorigdstport':
      return on('original-dport', portAmong(value));
    case 'conntrack --ctproto':
      return on('l4proto', protocol(value));
    case 'addrtype --dst-type':
      return on('daddr-type', names(list(value).map((type) => type.toLowerCase())));
    case 'addrtype --src-type':
      return on('saddr-type', names(list(value).map((type) => type.toLowerCase())));
    case 'addrtype --limit-iface-in':
      return null;
    case 'iprange --src-range':
      return on('saddr', addressAmong(value, family));
    case 'iprange --dst-range':
      return on('daddr', addressAmong(value, family));
    case 'mark --mark':
      return on('mark', numberAmong(value));
    case 'connmark --mark':
      return on('ct-mark', numberAmong(value));
    case 'pkttype --pkt-type':
      return on('pkttype', names([value === 'unicast' ? 'host' : value]));
    case 'rt --rt-type':
    case 'frag --fragid':
    case 'ah --ahspi':
    case 'esp --espspi':
      // Headers that a first packet doesn't carry.
      return negate ? unknown : never;
    case 'set --match-set':
      return matchSet(option, all, sets);
    case 'recent --set':
      return negate ? unknown : null;
    case 'rpfilter --invert':
      return field('reverse-route', numbers([[0n, 0n]]));
    case 'rpfilter --validmark':
      return all.some((other) => other.name === '--invert') ? null : unknown;
  }
  return rateTest(module, name, values, negate, all);
}

const pattern = (name: string): string => (name.endsWith('+') ? `${name.slice(0, -1)}*` : name);

function protocol(name: string): Among | null {
  if (name === 'all') return numbers([[0n, 255n]]);
  const number = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
  if (number !== undefined) return numbers([[number, number]]);
  if (/^\d+$/u.test(name)) return numberAmong(name);
  // A name from /etc/protocols that isn't in the table is at least neither TCP nor UDP.
  return /^[a-z][a-z\d.-]*$/u.test(name)
    ? numbers([
        [0n, TCP - 1n],
        [TCP + 1n, UDP - 1n],
        [UDP + 1n, 255n],
      ])
    : null;
}

function tcpFlags(text: string): bigint | null {
  if (text === 'NONE') return 0n;
  return text === 'ALL' ? 63n : bits(text, TCP_FLAGS);
}

/** DNAT and SNAT are of the connection's status, the others of its state; both may stand in one list. */
function conntrackState(text: string, negate: boolean): Test {
  const states = bits(text, CT_STATE);
  if (states !== null) return field('ct-state', anyBit(states), negate);
  return text === 'DNAT' ? field('ct-status', anyBit(CT_STATUS.dnat ?? 0n), negate) : unknown;
}

function matchSet({ values, negate }: Option, all: readonly Option[], sets: IpSets): Test {
  const [name = '', directions = '', ...more] = values;
  const ranges = sets.get(name);
  const isPlain = all.filter(({ module }) => module === 'set').length === 2;
  if (ranges === undefined || more.length > 0 || !isPlain) return unknown;
  if (directions !== 'src' && directions !== 'dst') return unknown;
  return field(directions === 'src' ? 'saddr' : 'daddr', numbers(ranges), negate);
}
