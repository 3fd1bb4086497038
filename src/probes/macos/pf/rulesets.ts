import type { PfRule } from './rule.ts';

/** The rules of the main ruleset (``''``) and of each anchor by its path. */
export interface Rulesets {
  readonly rules: ReadonlyMap<string, readonly PfRule[]>;
  /** Every anchor that there is; null where they couldn't be listed. */
  readonly anchors: readonly string[] | null;
}

export interface Called {
  readonly path: string;
  readonly rules: readonly PfRule[];
}

/**
 * What an anchor rule leads to; null where it couldn't be read. A name that ends with `*` calls all anchors below, in the
 * order of their names (pf_anchor_compare(), xnu bsd/net/pf_ruleset.c).
 */
export function calledBy(rule: PfRule, from: string, { rules, anchors }: Rulesets): readonly Called[] | null {
  if (rule.body !== null) return [{ path: from, rules: rule.body }];
  const { anchor } = rule;
  if (anchor === null || anchors === null || anchor.includes('..')) return null;
  const path = anchor.startsWith('/') ? anchor.slice(1) : from === '' ? anchor : `${from}/${anchor}`;
  const paths = path.endsWith('*') ? childrenOf(path.slice(0, -1).replace(/\/$/u, ''), anchors) : [path];
  const called = paths.map((each) => ({
    path: each,
    // An anchor that is in no list has no rules.
    rules: rules.get(each) ?? (anchors.includes(each) ? null : []),
  }));
  return called.every((each): each is Called => each.rules !== null) ? called : null;
}

function childrenOf(parent: string, anchors: readonly string[]): string[] {
  const front = parent === '' ? '' : `${parent}/`;
  const children = anchors.flatMap((each) => {
    if (!each.startsWith(front)) return [];
    const [first] = each.slice(front.length).split('/');
    return first === undefined || first === '' ? [] : [`${front}${first}`];
  });
  return [...new Set(children)].sort((one, other) => (one < other ? -1 : 1));
}
