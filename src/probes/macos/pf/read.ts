import type { Family } from '../../../model/address.ts';
import type { Reason } from '../../../model/evidence.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { ProbeContext } from '../../context.ts';
import type { Range, Ranges } from '../../firewall/ranges.ts';
import { PF, pfRules, pfTable } from '../commands.ts';
import { type Output, run, wholeText, whyNot } from '../tool.ts';
import { parseRules } from './parse.ts';
import type { PfRule } from './rule.ts';
import type { Rulesets } from './rulesets.ts';
import { parseServices, prefixOf, type Services } from './words.ts';

/** Anchors read; a Mac with a VPN and shared internet has about a dozen. */
const MAX_ANCHORS = 64;
/** Tables read. */
const MAX_TABLES = 32;

/** Everything of pf that decides about packets. */
export interface Pf {
  readonly filter: Rulesets;
  readonly translation: Rulesets;
  /** Interfaces that pf doesn't look at (`set skip on`); null where that isn't known. */
  readonly skipped: ReadonlySet<string> | null;
  table(name: string, anchor: string, family: Family): Ranges | null;
}

export type PfReading =
  | { readonly state: 'off' }
  | { readonly state: 'on'; readonly pf: Pf }
  | { readonly reason: Reason };

/** Reads pf's state, its rules in every anchor, and the tables that they name. Needs root. */
export async function readPf(ports: Ports, context: ProbeContext): Promise<PfReading> {
  const pfctl = (command: readonly [string, ...string[]]): Promise<Output> => run(ports, context, ...command);
  const info = await pfctl(PF.info);
  const text = wholeText(info);
  const status = /^Status: (Enabled|Disabled)\b/mu.exec(text ?? '')?.[1];
  if (text === null || status === undefined) return { reason: whyNot(info, 'pfctl') };
  if (status === 'Disabled') return { state: 'off' };
  const [filter, translation, list, interfaces, services] = await Promise.all([
    pfctl(pfRules('', 'rules')),
    pfctl(pfRules('', 'nat')),
    // Without -v only the outermost are told; `-a '*'` ends with an error on macOS (osquery/osquery#1521).
    pfctl(PF.anchors),
    pfctl(PF.interfaces),
    readServices(ports),
  ]);
  const main = wholeText(filter);
  const mainTranslation = wholeText(translation);
  if (main === null) return { reason: whyNot(filter, 'pfctl -s rules') };
  if (mainTranslation === null) return { reason: whyNot(translation, 'pfctl -s nat') };
  const anchors = parseAnchors(wholeText(list));
  const inner = await Promise.all(
    (anchors ?? []).slice(0, MAX_ANCHORS).map(async (anchor) => {
      const [rules, nat] = await Promise.all([
        pfctl(pfRules(anchor, 'rules')),
        pfctl(pfRules(anchor, 'nat')),
      ]);
      return { anchor, rules: wholeText(rules), nat: wholeText(nat) };
    }),
  );
  const all = [{ anchor: '', rules: main, nat: mainTranslation }, ...inner];
  const rulesets = (part: 'rules' | 'nat'): Rulesets => ({ rules: parsed(all, part, services), anchors });
  const [filterRules, natRules] = [rulesets('rules'), rulesets('nat')];
  const named = [...tablesIn(filterRules), ...tablesIn(natRules)];
  const tables = await readTables(named, pfctl);
  return {
    state: 'on',
    pf: {
      filter: filterRules,
      translation: natRules,
      skipped: parseSkipped(wholeText(interfaces)),
      table: (name, anchor, family) => tables.get(`${anchor} ${name}`)?.[family] ?? null,
    },
  };
}

function parsed(
  all: readonly { anchor: string; rules: string | null; nat: string | null }[],
  part: 'rules' | 'nat',
  services: Services,
): Map<string, readonly PfRule[]> {
  return new Map(
    all.flatMap((each) => {
      const text = each[part];
      return text === null ? [] : [[each.anchor, parseRules(text, services)] as const];
    }),
  );
}

/** One path a line, indented. Null where something else is printed: an anchor that isn't known may hold any rule. */
function parseAnchors(text: string | null): readonly string[] | null {
  if (text === null) return null;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const paths = lines.flatMap((line) => /^\s+([\w.][\w.:/ -]{0,1000}[\w.-]|\w)$/u.exec(line)?.[1] ?? []);
  return paths.length === lines.length ? paths : null;
}

/** `lo0 (skip)`, one interface a line. */
function parseSkipped(text: string | null): ReadonlySet<string> | null {
  if (text === null) return null;
  const names = text.split('\n').flatMap((line) => /^(\w{1,15}) \(skip\)/u.exec(line)?.[1] ?? []);
  return new Set(names);
}

/** `anchor table` of each that a rule names. */
function tablesIn({ rules }: Rulesets): { anchor: string; name: string }[] {
  const found: { anchor: string; name: string }[] = [];
  const look = (anchor: string, all: readonly PfRule[]): void => {
    for (const { from, to, body } of all) {
      for (const { who } of [from, to]) if (who.kind === 'table') found.push({ anchor, name: who.name });
      if (body !== null) look(anchor, body);
    }
  };
  for (const [anchor, all] of rules) look(anchor, all);
  return found;
}

type ByFamily = Readonly<Record<Family, Ranges>>;

async function readTables(
  named: readonly { anchor: string; name: string }[],
  pfctl: (command: readonly [string, ...string[]]) => Promise<Output>,
): Promise<Map<string, ByFamily>> {
  const keys = new Map(named.map((each) => [`${each.anchor} ${each.name}`, each]));
  const read = async (anchor: string, name: string): Promise<ByFamily | null> =>
    parseTable(wholeText(await pfctl(pfTable(anchor, name))));
  const tables = await Promise.all(
    [...keys].slice(0, MAX_TABLES).map(async ([key, { anchor, name }]) => {
      // An anchor's rule falls back to the main ruleset's table of that name (pfctl(8), -a).
      const table = (await read(anchor, name)) ?? (anchor === '' ? null : await read('', name));
      return [key, table] as const;
    }),
  );
  return new Map(tables.flatMap(([key, table]) => (table === null ? [] : [[key, table] as const])));
}

/** One address or network a line. Null where one of them is excluded (`!`) or isn't understood. */
function parseTable(text: string | null): ByFamily | null {
  if (text === null) return null;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const ranges: Record<Family, Range[]> = { ipv4: [], ipv6: [] };
  for (const line of lines) {
    const prefix = prefixOf(line.trim());
    if (prefix === null) return null;
    ranges[prefix.family].push(prefix.range);
  }
  return ranges;
}

/** pfctl prints names where a rule is about one port. */
async function readServices({ files }: Ports): Promise<Services> {
  const text = await files.read('/etc/services').catch(() => null);
  return parseServices(text ?? '');
}
