import { matches, type PfPacket, type Surroundings } from './packet.ts';
import { anyone, type PfRule } from './rule.ts';
import { type Called, calledBy, type Rulesets } from './rulesets.ts';

/** A translation that may be made; null where none is, `unread` where that can't be told. */
export type Translation = PfRule | null | 'unread';

const MAX_STEPS = 100_000;
const MAX_DEPTH = 16;

/** Which rules translate a packet on its way in and out (pf_get_translation_aux(), xnu bsd/net/pf.c). */
const KINDS: Readonly<Record<PfPacket['direction'], ReadonlySet<PfRule['action']>>> = {
  in: new Set(['rdr', 'no rdr', 'rdr-anchor', 'binat', 'binat-anchor', 'unknown']),
  out: new Set(['nat', 'no nat', 'nat-anchor', 'binat', 'binat-anchor', 'unknown']),
};
const ANCHORS: ReadonlySet<PfRule['action']> = new Set(['rdr-anchor', 'nat-anchor', 'binat-anchor']);

/** Every translation that may be made of a packet: of these rules, the first that matches counts. */
export function translationsOf(
  packet: PfPacket,
  rulesets: Rulesets,
  around: Surroundings,
): readonly Translation[] {
  const main = rulesets.rules.get('');
  if (main === undefined) return ['unread'];
  const found: Translation[] = [];
  const steps = { left: MAX_STEPS };
  const stopped = through({ path: '', rules: main }, packet, rulesets, around, found, steps, 0);
  return stopped ? found : [...found, null];
}

function through(
  { path, rules }: Called,
  packet: PfPacket,
  rulesets: Rulesets,
  around: Surroundings,
  found: Translation[],
  steps: { left: number },
  depth: number,
): boolean {
  for (const rule of rules) {
    steps.left -= 1;
    if (steps.left < 0 || depth > MAX_DEPTH) {
      found.push('unread');
      return true;
    }
    if (!KINDS[packet.direction].has(rule.action)) continue;
    // What a binat does to a packet on its way in depends on its own address: that isn't followed.
    const isBinat = rule.action === 'binat';
    const asked = isBinat ? { ...rule, from: anyone, to: anyone, unclear: true } : rule;
    const match = matches(asked, packet, around, path);
    if (match === 'no') continue;
    if (ANCHORS.has(rule.action)) {
      const called = calledBy(rule, path, rulesets);
      if (called === null) {
        found.push('unread');
        continue;
      }
      const stopped = called.some((each) => through(each, packet, rulesets, around, found, steps, depth + 1));
      if (stopped && match === 'yes') return true;
      continue;
    }
    if (rule.action === 'unknown' || isBinat) found.push('unread');
    else found.push(rule.action.startsWith('no ') ? null : rule);
    if (match === 'yes') return true;
  }
  return false;
}
