import type { Tri } from '../../firewall/segment.ts';
import { matches, type PfPacket, type Surroundings } from './packet.ts';
import type { PfRule } from './rule.ts';
import { type Called, calledBy, type Rulesets } from './rulesets.ts';

/** One rule that may be the one that decides; `rule` is null where none matches, `unread` where an anchor wasn't read. */
export interface Outcome {
  readonly rule: PfRule | null;
  readonly anchor: string;
  readonly position: number | null;
  /** False where it may also not match. */
  readonly certain: boolean;
  readonly unread: boolean;
}

/** Rules looked at; anchors that call one another could be walked for ever. */
const MAX_STEPS = 100_000;
/** Anchors within anchors; the kernel's own limit is 64. */
const MAX_DEPTH = 16;

const nothing: Outcome = { rule: null, anchor: '', position: null, certain: true, unread: false };

interface Walk {
  readonly packet: PfPacket;
  readonly rulesets: Rulesets;
  readonly around: Surroundings;
  /** What decides where nothing further matches. */
  last: readonly Outcome[];
  /** What decided for packets that a `quick` rule may have stopped. */
  readonly ended: Outcome[];
  steps: number;
}

/**
 * Every rule that may decide: the last one that matches, or the first with `quick` (pf_test_rule(), xnu bsd/net/pf.c).
 * Where the main ruleset wasn't read, that is said.
 */
export function deciders(packet: PfPacket, rulesets: Rulesets, around: Surroundings): readonly Outcome[] {
  const walk: Walk = { packet, rulesets, around, last: [nothing], ended: [], steps: 0 };
  const main = rulesets.rules.get('');
  if (main === undefined) return [{ ...nothing, unread: true }];
  const { stopped } = through({ path: '', rules: main }, walk, 0);
  return stopped ? walk.ended : [...walk.ended, ...walk.last];
}

/** Stopped: no packet goes on behind it. Matched: a rule in it did. */
interface Passage {
  readonly stopped: boolean;
  readonly matched: Tri;
}

function through({ path, rules }: Called, walk: Walk, depth: number): Passage {
  let matched: Tri = 'no';
  const note = (more: Tri): void => {
    if (more === 'yes' || matched === 'no') matched = more;
  };
  for (const [index, rule] of rules.entries()) {
    walk.steps += 1;
    if (walk.steps > MAX_STEPS || depth > MAX_DEPTH) {
      walk.last = [...walk.last, { ...nothing, certain: false, unread: true }];
      walk.ended.push({ ...nothing, certain: false, unread: true });
      return { stopped: false, matched: 'unknown' };
    }
    const match = matches(rule, walk.packet, walk.around, path);
    if (match === 'no') continue;
    const isCertain = match === 'yes';
    if (rule.action === 'anchor') {
      const inner = into(rule, path, isCertain, walk, depth);
      note(isCertain || inner.matched === 'no' ? inner.matched : 'unknown');
      if (inner.stopped) return { stopped: true, matched: 'yes' };
      continue;
    }
    const outcome = { rule, anchor: path, position: index + 1, certain: isCertain, unread: false };
    note(match);
    if (rule.quick) {
      walk.ended.push(outcome);
      if (isCertain) return { stopped: true, matched: 'yes' };
    } else walk.last = isCertain ? [outcome] : [...walk.last, outcome];
  }
  return { stopped: false, matched };
}

/** Through what an anchor calls. Its own `quick` counts where something in it matched. */
function into(rule: PfRule, from: string, isCertain: boolean, walk: Walk, depth: number): Passage {
  const called = calledBy(rule, from, walk.rulesets);
  if (called === null) {
    const unread = { rule, anchor: from, position: null, certain: false, unread: true };
    walk.last = [...walk.last, unread];
    // A rule in there may be quick.
    walk.ended.push(unread);
    return { stopped: false, matched: 'unknown' };
  }
  const before = walk.last;
  let matched: Tri = 'no';
  for (const each of called) {
    const inner = through(each, walk, depth + 1);
    if (inner.matched === 'yes' || matched === 'no') matched = inner.matched;
    if (!inner.stopped) continue;
    if (isCertain) return { stopped: true, matched: 'yes' };
    walk.last = before;
    return { stopped: false, matched: 'unknown' };
  }
  if (rule.quick && matched !== 'no') walk.ended.push(...walk.last);
  if (rule.quick && matched === 'yes' && isCertain) return { stopped: true, matched };
  if (!isCertain) walk.last = [...before, ...walk.last.filter((each) => !before.includes(each))];
  return { stopped: false, matched };
}
