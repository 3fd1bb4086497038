import type { DecidingRule, FirewallDecision } from '../../../model/facts/host.ts';
import { plainText } from '../../../ports/plain-text.ts';
import type { WindowsRule } from '../../windows/sections.ts';
import { matches } from './match.ts';
import type { Profile } from './profiles.ts';
import { isAny, type Question } from './question.ts';

type Verdict = Pick<FirewallDecision, 'verdict' | 'by' | 'unknownBecause'>;

/** Characters kept of a rule in words. */
const RULE_LENGTH = 400;

/**
 * What the profile and its rules do to the packet. Block rules win over allow rules, and those that override them need a
 * client that proves who it is (MS-FASP 2.2.34). Windows answers nothing to what it blocks.
 *
 * Only inbound rules decide: what belongs to a connection that was let in is let out (a stateful filter).
 */
export function evaluate(profile: Profile, rules: readonly WindowsRule[], question: Question): Verdict {
  if (profile.enabled === 'unknown')
    return unknown(`whether the firewall is on in the profile ${profile.name}`);
  if (profile.enabled === 'no') return { verdict: 'accept', by: null, unknownBecause: null };
  if (profile.disabledOn.some((alias) => alias.toLowerCase() === question.alias.toLowerCase())) {
    return { verdict: 'accept', by: null, unknownBecause: null };
  }
  if (profile.allowInboundRules === 'unknown')
    return unknown(`AllowInboundRules of the profile ${profile.name}`);
  if (profile.allowInboundRules === 'no') return decided('drop', policy(profile, 'AllowInboundRules False'));

  const relevant = rules
    .map((rule, index) => ({ rule, index, match: matches(rule, profile, question) }))
    .filter(({ match }) => match !== 'no');
  const of = (...actions: readonly Action[]) =>
    relevant.filter(({ rule }) => actions.includes(actionOf(rule)));
  const [strange] = of('bypass', 'unknown');
  if (strange !== undefined) return unclear(strange.rule);
  const blocks = of('block');
  const block = blocks.find(({ match }) => match === 'yes');
  if (block !== undefined) return decided('drop', byRule(profile, block.rule, block.index));
  const allows = of('allow');
  const allow = allows.find(({ match }) => match === 'yes');
  const [maybe] = blocks;
  if (allow !== undefined) {
    return maybe === undefined
      ? decided('accept', byRule(profile, allow.rule, allow.index))
      : unclear(maybe.rule);
  }
  if (profile.inbound === null) return unknown(`DefaultInboundAction of the profile ${profile.name}`);
  // What may match can only do the same as the default does.
  const [other] = profile.inbound === 'block' ? allows : blocks;
  if (other !== undefined) return unclear(other.rule);
  return profile.inbound === 'block'
    ? decided('drop', policy(profile, 'DefaultInboundAction Block'))
    : decided('accept', policy(profile, 'DefaultInboundAction Allow'));
}

/** All profiles that may be in force have to say the same. */
export function agreed(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts;
  if (first === undefined) return unknown('the profiles of the firewall were not told');
  const open = verdicts.find(({ verdict }) => verdict === 'unknown');
  if (open !== undefined) return open;
  return verdicts.every(({ verdict }) => verdict === first.verdict)
    ? first
    : unknown('the category of the network that packets arrive from, by which Windows chooses the profile');
}

export const unknown = (because: string): Verdict => ({
  verdict: 'unknown',
  by: null,
  unknownBecause: plainText(because, RULE_LENGTH),
});

const decided = (verdict: 'accept' | 'drop', by: DecidingRule): Verdict => ({
  verdict,
  by,
  unknownBecause: null,
});

const unclear = (rule: WindowsRule): Verdict =>
  unknown(`whether the rule ${inWords(rule)} is about such packets`);

type Action = 'allow' | 'block' | 'bypass' | 'unknown';

/** By name, or by number (MSFT_NetFirewallRule). An allow rule that overrides block rules is what the API calls bypass. */
function actionOf({ action, overrides }: WindowsRule): Action {
  if (overrides !== 'False' && overrides !== '0') return overrides === '' ? 'unknown' : 'bypass';
  if (/^(?:Allow|2)$/u.test(action)) return 'allow';
  if (/^(?:Block|4)$/u.test(action)) return 'block';
  return /^(?:AllowBypass|3)$/u.test(action) ? 'bypass' : 'unknown';
}

const BASE = { software: 'windows-firewall', chain: 'Inbound', handle: null } as const;

const byRule = ({ name }: Profile, rule: WindowsRule, index: number): DecidingRule => ({
  ...BASE,
  table: name,
  rule: inWords(rule),
  position: index + 1,
  isPolicy: false,
});

const policy = ({ name }: Profile, rule: string): DecidingRule => ({
  ...BASE,
  table: name,
  rule,
  position: null,
  isPolicy: true,
});

/** `"Web" (Name web-in): Block TCP, local port 443, remote address 0.0.0.0-255.255.255.255, profile Any`. */
function inWords(rule: WindowsRule): string {
  const part = (label: string, values: readonly string[]): string[] => {
    const given = values.filter((value) => value !== '' && !isAny(value));
    return given.length === 0 ? [] : [`${label} ${given.join(', ')}`];
  };
  const parts = [
    `${rule.action} ${rule.protocol}`,
    ...part('local port', rule.localPort),
    ...part('remote port', rule.remotePort),
    ...part('local address', rule.localAddress),
    ...part('remote address', rule.remoteAddress),
    ...part('interface', rule.alias),
    ...part('interface type', [rule.type]),
    ...part('program', [rule.program]),
    ...part('service', [rule.service]),
    ...part('package', [rule.package]),
    `profile ${rule.profile}`,
  ];
  return plainText(`"${rule.name}" (Name ${rule.id}): ${parts.join(', ')}`, RULE_LENGTH);
}
