import type { Chain, Rule, Table, Verdict } from './ruleset.ts';

/** Whether a chain, or one that it calls, stops anything at all: otherwise its policy to accept says nothing. */
export function canStop(table: Table, chain: Chain): boolean {
  const seen = new Set([chain]);
  for (const each of seen) {
    for (const verdict of each.rules.flatMap(verdictsOf)) {
      if (verdict.kind === 'drop' || verdict.kind === 'reject' || verdict.kind === 'unknown') return true;
      const called = 'target' in verdict ? table.chains.get(verdict.target) : undefined;
      if (called !== undefined) seen.add(called);
    }
  }
  return chain.base?.policy === 'drop';
}

/** Everything that a rule may decide. */
export function verdictsOf({ steps }: Rule): readonly Verdict[] {
  return steps.flatMap((step): readonly Verdict[] => {
    if (step.do === 'verdict') return [step.verdict];
    return step.do === 'vmap' ? step.entries.map(({ verdict }) => verdict) : [];
  });
}
