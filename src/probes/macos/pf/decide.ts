import type { Family } from '../../../model/address.ts';
import type { DecidingRule, FirewallDecision } from '../../../model/facts/host.ts';
import type { NetworkInterfaceAddress } from '../../../ports/ports.ts';
import { addressNumber, prefixRange, type Range } from '../../firewall/ranges.ts';
import type { Anyone } from '../../firewall/segment.ts';
import { somePort } from '../../firewall/strangers.ts';
import type { PfPacket, Surroundings } from './packet.ts';
import type { Pf } from './read.ts';
import { type Translation, translationsOf } from './translate.ts';
import { deciders, type Outcome } from './walk.ts';

/** What pf does with the first packet of a connection, and what it makes of it. */
export interface PfDecision {
  readonly verdict: FirewallDecision['verdict'];
  readonly path: 'input' | 'output';
  readonly by: DecidingRule | null;
  readonly unknownBecause: string | null;
  /** Where it goes instead; null where it isn't translated. */
  readonly translatedTo: { readonly address: string; readonly port: number } | null;
}

export interface PfQuestion {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  readonly interface: string;
  readonly destination: string;
  readonly port: number;
  readonly who: Anyone;
}

const accepted: PfDecision = {
  verdict: 'accept',
  path: 'input',
  by: null,
  unknownBecause: null,
  translatedTo: null,
};
const unknown = (why: string): PfDecision => ({ ...accepted, verdict: 'unknown', unknownBecause: why });

/** @param own the addresses of this machine's interfaces, for rules that name an interface instead. */
export function decideByPf(
  question: PfQuestion,
  pf: Pf,
  own: readonly NetworkInterfaceAddress[],
): PfDecision {
  if (pf.skipped === null) return unknown('pf: which interfaces it skips');
  if (pf.skipped.has(question.interface)) return accepted;
  const to = addressNumber(question.destination)?.value;
  if (to === undefined) return unknown('pf: the address');
  const around = surroundings(pf, own);
  const packet: PfPacket = {
    direction: 'in',
    interface: question.interface,
    family: question.family,
    protocol: question.protocol,
    from: question.who,
    fromPort: somePort,
    to,
    toPort: BigInt(question.port),
    flags: 'S',
  };
  const translations = translationsOf(packet, pf.translation, around);
  const [translation, ...others] = translations;
  if (translation === undefined || others.length > 0 || translation === 'unread') {
    return unknown(`pf translates addresses: ${textOf(translations)}`);
  }
  return translation === null
    ? filtered(packet, pf, around)
    : translated(packet, translation, pf, around, question);
}

function textOf(translations: readonly Translation[]): string {
  const rule = translations.find((each) => each !== null && each !== 'unread');
  return rule == null || typeof rule === 'string' ? 'rules that were not read' : rule.text;
}

function translated(
  packet: PfPacket,
  rule: Exclude<Translation, null | 'unread'>,
  pf: Pf,
  around: Surroundings,
  { port }: PfQuestion,
): PfDecision {
  const to = rule.target === null ? null : addressNumber(rule.target.address);
  if (rule.target === null || to?.family !== packet.family)
    return unknown(`pf translates addresses: ${rule.text}`);
  const translatedTo = { address: rule.target.address, port: rule.target.port ?? port };
  if (rule.passes) {
    return { ...accepted, by: decidingRule({ rule, anchor: '', position: null }), translatedTo };
  }
  const changed = { ...packet, to: to.value, toPort: BigInt(translatedTo.port) };
  // A translation makes a state, so that its replies pass: pf_test_rule(), xnu bsd/net/pf.c.
  return { ...judged(deciders(changed, pf.filter, around)), translatedTo };
}

/** The first packet, and where no state lets the others pass, what is sent back and what follows. */
function filtered(packet: PfPacket, pf: Pf, around: Surroundings): PfDecision {
  const outcomes = deciders(packet, pf.filter, around);
  const first = judged(outcomes);
  const hasState = outcomes.every(({ rule }) => rule?.keepsState === true);
  if (first.verdict !== 'accept' || hasState) return first;
  const reply: PfPacket = {
    ...packet,
    direction: 'out',
    from: packet.to,
    fromPort: packet.toPort,
    to: packet.from,
    toPort: packet.fromPort,
    flags: 'SA',
  };
  const translations = translationsOf(reply, pf.translation, around);
  if (translations.some((each) => each !== null)) {
    return unknown(`pf translates replies: ${textOf(translations)}`);
  }
  const back = judged(deciders(reply, pf.filter, around));
  if (back.verdict !== 'accept') return { ...back, path: 'output' };
  if (packet.protocol === 'udp') return first;
  const next = judged(deciders({ ...packet, flags: 'A' }, pf.filter, around));
  return next.verdict === 'accept' ? first : next;
}

function judged(outcomes: readonly Outcome[]): PfDecision {
  const verdicts = new Set(outcomes.map(verdictOf));
  const [verdict] = verdicts;
  if (verdicts.size !== 1 || verdict === undefined || verdict === 'unknown') {
    const open = outcomes.find(({ certain, unread }) => unread || !certain) ?? outcomes[0];
    return unknown(
      open?.unread === true || open?.rule == null
        ? `pf: ${open?.rule == null ? 'rules that were not read' : `an anchor that was not read: ${open.rule.text}`}`
        : `pf: ${open.rule.text}`,
    );
  }
  const last = outcomes.findLast(({ rule }) => rule !== null);
  const by = last?.rule == null ? null : decidingRule({ ...last, rule: last.rule });
  return { ...accepted, verdict, by };
}

function verdictOf({ rule, unread }: Outcome): FirewallDecision['verdict'] {
  if (unread) return 'unknown';
  if (rule === null) return 'accept';
  if (rule.action === 'block') return rule.returns ? 'reject' : 'drop';
  return rule.action === 'pass' && !rule.diverts ? 'accept' : 'unknown';
}

const decidingRule = ({
  rule,
  anchor,
  position,
}: Pick<Outcome, 'anchor' | 'position'> & { rule: NonNullable<Outcome['rule']> }): DecidingRule => ({
  software: 'pf',
  table: '',
  // The main ruleset has no name.
  chain: anchor,
  rule: rule.text,
  position,
  handle: null,
  isPolicy: false,
});

/** `self` and `(en0)` are what the machine has now. */
function surroundings(pf: Pf, own: readonly NetworkInterfaceAddress[]): Surroundings {
  return {
    table: pf.table,
    interface: (name, network, family) =>
      own.flatMap((each): Range[] => {
        const number = addressNumber(each.address);
        if (number?.family !== family || (name !== 'self' && each.interface !== name)) return [];
        const range = network ? prefixRange(number.value, each.prefixLength, family) : null;
        return [range ?? [number.value, number.value]];
      }),
  };
}
