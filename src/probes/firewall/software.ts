import type { DecidingRule, FirewallSoftware } from '../../model/facts/host.ts';
import { canStop, verdictsOf } from './can-stop.ts';
import type { Chain, Table } from './ruleset.ts';
import type { Decider } from './walk.ts';

const UFW = /^ufw6?-/u;
const DOCKER = /^DOCKER/u;
/** Chains of firewalld's iptables backend. */
const FIREWALLD =
  /^(?:INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)_(?:direct|ZONES|IN_ZONES|OUT_ZONES|POLICIES)|^(?:IN|FWDI|FWDO|FWD|PRE|POST)_\w+(?:_(?:log|deny|allow|pre|post))?$/u;

/** Who put the rule there: the tool in whose words it has to be changed. */
export function deciding({ table, chain, rule, position }: Decider): DecidingRule {
  const isNft = table.origin === 'nftables';
  return {
    software: softwareOf(table, chain),
    table: isNft ? `${table.family} ${table.name}` : table.name,
    chain: chain.name,
    rule: rule === null ? policyText(chain, isNft) : rule.text,
    position,
    handle: rule?.handle ?? null,
    isPolicy: rule === null,
  };
}

function softwareOf(table: Table, chain: Chain): FirewallSoftware {
  if (UFW.test(chain.name)) return 'ufw';
  if (DOCKER.test(chain.name) || /^docker/u.test(table.name)) return 'docker';
  if (isFirewalld(table) || FIREWALLD.test(chain.name)) return 'firewalld';
  // What stands in a built-in chain belongs to those whose chains it calls.
  const callees = targetsOf(chain);
  if (callees.some((name) => UFW.test(name))) return 'ufw';
  if (callees.some((name) => FIREWALLD.test(name))) return 'firewalld';
  if (chain.base?.hook === 'forward' && callees.some((name) => DOCKER.test(name))) return 'docker';
  return table.origin;
}

const isFirewalld = (table: Table): boolean => table.name === 'firewalld';

function targetsOf({ rules }: Chain): readonly string[] {
  return rules.flatMap(verdictsOf).flatMap((verdict) => ('target' in verdict ? [verdict.target] : []));
}

function policyText({ name, base }: Chain, isNft: boolean): string {
  if (base === null) return '';
  if (!isNft) return `-P ${name} ${base.policy.toUpperCase()}`;
  return `type ${base.type} hook ${base.hook} priority ${base.priority}; policy ${base.policy};`;
}

/** What is there, and whether it has anything to say. */
export function softwareIn(
  tables: readonly Table[],
  installed: readonly FirewallSoftware[],
): { name: FirewallSoftware; active: boolean }[] {
  const active = new Map<FirewallSoftware, boolean>(installed.map((name) => [name, false]));
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      const name = softwareOf(table, chain);
      active.set(name, (active.get(name) ?? false) || isActive(name, table, chain));
    }
  }
  return [...active].map(([name, is]) => ({ name, active: is }));
}

function isActive(name: FirewallSoftware, table: Table, chain: Chain): boolean {
  // Switched off, ufw leaves its chains, empty; Docker's forward more than they stop.
  if (name === 'ufw') return UFW.test(chain.name) && chain.rules.length > 0;
  if (name === 'docker') return chain.rules.length > 0;
  return chain.base !== null && (chain.rules.length > 0 || canStop(table, chain));
}
