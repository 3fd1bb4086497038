import { readPort } from '../../../model/port.ts';
import { plainText } from '../../../ports/plain-text.ts';
import { addressText } from '../../firewall/ranges.ts';
import { anyone, type PfRule, plain } from './rule.ts';
import { prefixOf, type Services, takeSide, Words } from './words.ts';

/** Characters of a rule that are shown. */
const TEXT_LENGTH = 300;
/** Braces within braces. */
const MAX_DEPTH = 8;

/** What says nothing about whether a packet passes: normalisation, and anchors of pipes. A rule `dummynet` may drop it. */
const ASIDE = /^(?:no )?scrub\b|^(?:scrub|dummynet)-anchor\b|^(?:altq|queue)\b/u;

/**
 * The rules that `pfctl -sr` or `pfctl -sn` printed, in their order. Form: `print_rule()` of pfctl, which macOS has from
 * OpenBSD 4.3. A line that isn't understood becomes a rule that may do anything.
 */
export function parseRules(text: string, services: Services): readonly PfRule[] {
  const lines = text.split('\n').map((line) => line.trim());
  return block(lines, { at: 0 }, services, 0);
}

function block(
  lines: readonly string[],
  cursor: { at: number },
  services: Services,
  depth: number,
): PfRule[] {
  const rules: PfRule[] = [];
  while (cursor.at < lines.length) {
    const line = lines[cursor.at] ?? '';
    cursor.at += 1;
    if (line === '' || ASIDE.test(line)) continue;
    if (line === '}') {
      if (depth > 0) return rules;
      rules.push({ ...plain, text: line, unclear: true });
      continue;
    }
    if (!line.endsWith('{')) rules.push(parseRule(line, services));
    else if (depth >= MAX_DEPTH) rules.push({ ...plain, text: shown(line), unclear: true });
    else {
      const rule = parseRule(line.slice(0, -1), services);
      rules.push({ ...rule, body: block(lines, cursor, services, depth + 1) });
    }
  }
  // A brace that nobody closed: the rest is missing.
  if (depth > 0) rules.push({ ...plain, text: 'rules that were cut off', unclear: true });
  return rules;
}

const shown = (text: string): string => plainText(text, TEXT_LENGTH);

/** One rule. */
function parseRule(text: string, services: Services): PfRule {
  const words = new Words(text);
  const begun = beginning(words);
  const rule = { ...plain, ...begun, text: shown(text) };
  if (begun.action === 'unknown') return { ...rule, unclear: true };
  return { ...rule, ...rest(words, services) };
}

function beginning(words: Words): Pick<PfRule, 'action'> & Partial<PfRule> {
  const word = words.next();
  switch (word) {
    case 'pass':
      return { action: 'pass' };
    case 'block':
      return { action: 'block', returns: answerOf(words) };
    case 'anchor':
    case 'rdr-anchor':
    case 'nat-anchor':
    case 'binat-anchor': {
      const name = /^"(.*)"$/u.exec(words.peek())?.[1];
      if (name !== undefined) words.next();
      return { action: word, anchor: name ?? null };
    }
    case 'no': {
      if (words.take('rdr') !== null) return { action: 'no rdr' };
      return { action: words.take('nat') !== null ? 'no nat' : 'unknown' };
    }
    case 'rdr':
    case 'nat':
    case 'binat':
      return { action: word, passes: words.take('pass') !== null };
    default:
      return { action: 'unknown' };
  }
}

/** `drop`, `return`, `return-rst(ttl 5)`, `return-icmp(port-unr, port-unr)`. */
function answerOf(words: Words): boolean {
  if (words.take('drop') !== null) return false;
  if (!/^return(?:-rst|-icmp6?)?(?:\(|$)/u.test(words.peek())) return false;
  words.next();
  return true;
}

/** What may stand behind `keep state` and changes nothing for the first packet of a connection. */
const HARMLESS: ReadonlySet<string> = new Set(['allow-opts', 'no-df', 'random-id']);
/** With one word behind it, which doesn't matter to a packet's fate. */
const NAMED: ReadonlySet<string> = new Set([
  'label',
  'queue',
  'tag',
  'rtable',
  'min-ttl',
  'max-mss',
  'set-tos',
]);
/** Conditions with one word behind them that can't be told from here. */
const UNKNOWABLE: ReadonlySet<string> = new Set(['tagged', 'tos', 'dscp', 'sc', 'probability', 'prio']);
/** With one word behind it: the packet, or what answers it, goes elsewhere. */
const DIVERTS: ReadonlySet<string> = new Set(['route-to', 'reply-to', 'dup-to', 'divert-to']);

/** Everything behind the action. The order is pfctl's own, but isn't relied on. */
function rest(words: Words, services: Services): Partial<PfRule> {
  let found: Partial<PfRule> = {};
  const set = (more: Partial<PfRule>): void => {
    found = { ...found, ...more };
  };
  while (!words.isEmpty) {
    const word = words.next();
    if (word === 'in' || word === 'out') set({ direction: word });
    else if (word === 'quick') set({ quick: true });
    else if (word === 'log') {
      if (words.peek().startsWith('(')) words.next();
    } else if (word === 'on') {
      const not = words.take('!') !== null;
      set({ interface: { name: words.next(), not } });
    } else if (word === 'inet' || word === 'inet6') set({ family: word === 'inet' ? 'ipv4' : 'ipv6' });
    else if (word === 'proto') set({ protocol: protocolOf(words.next()) });
    else if (word === 'all') set({ from: anyone, to: anyone });
    else if (word === 'from' || word === 'to') {
      const { unclear, ...side } = takeSide(words, services);
      set({ [word]: side, ...(unclear ? { unclear: true } : {}) });
    } else if (word === 'flags') set(flagsOf(words.next()));
    else if (word === 'keep' || word === 'modulate' || word === 'synproxy' || word === 'no') {
      const isState = words.take('state') !== null;
      set(isState ? { keepsState: word !== 'no' } : { unclear: true });
      // Limits of states and of their rates: they stop floods.
      if (isState && words.peek().startsWith('(')) words.next();
    } else if (word === 'fragment') set({ fragment: true });
    else if (word === 'icmp-type' || word === 'icmp6-type' || word === 'code') words.next();
    else if (word === '->') set({ target: takeTarget(words) });
    else if (HARMLESS.has(word)) continue;
    else if (NAMED.has(word)) words.next();
    else if (DIVERTS.has(word)) {
      words.next();
      if (word === 'divert-to' && words.take('port') !== null) words.next();
      set({ diverts: true });
    } else if (UNKNOWABLE.has(word)) {
      words.next();
      set({ unclear: true });
    } else set({ unclear: true });
  }
  return found;
}

const NUMBERS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp' };
const protocolOf = (word: string): string => NUMBERS[word] ?? word;

/** `S/SA`, `any`, `/SFRA` (none of them). */
function flagsOf(word: string): Partial<PfRule> {
  if (word === 'any') return { flags: null };
  const [, set, of] = /^([FSRPAUEW]{0,8})\/([FSRPAUEW]{1,8})$/u.exec(word) ?? [];
  return set === undefined || of === undefined ? { unclear: true } : { flags: { set, of } };
}

/** `127.0.0.1 port 8080`; null for lists, interfaces, networks and ranges of ports, of which one is chosen at run time. */
function takeTarget(words: Words): PfRule['target'] {
  const prefix = prefixOf(words.next());
  const text = words.take('port') === null ? null : words.next();
  const port = text === null ? null : readPort(text);
  if (prefix === null || prefix.range[0] !== prefix.range[1] || (text !== null && port === null)) return null;
  return { address: addressText(prefix.range[0], prefix.family), port };
}
