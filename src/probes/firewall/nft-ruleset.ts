import { z } from 'zod';
import { stepsOf } from './nft-steps.ts';
import type { NftTexts } from './nft-texts.ts';
import { isRecord, type NamedSets } from './nft-values.ts';
import { hidesLimitsOfSets, withoutWarnings } from './nft-version.ts';
import type { Base, Chain, Hook, Rule, Table } from './ruleset.ts';

const FAMILIES = ['ip', 'ip6', 'inet', 'netdev', 'bridge', 'arp'] as const;
const HOOKS: readonly Hook[] = [
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
];

const family = z.enum(FAMILIES);
const of = { family, table: z.string() };
/** libnftables-json(5), as far as the walk needs it; everything else in the list is left out. */
const itemSchema = z.union([
  z.object({
    table: z.object({
      family,
      name: z.string(),
      flags: z.union([z.string(), z.array(z.string())]).optional(),
    }),
  }),
  z.object({
    chain: z.object({
      ...of,
      name: z.string(),
      type: z.string().optional(),
      hook: z.string().optional(),
      prio: z.number().optional(),
      policy: z.string().optional(),
      dev: z.union([z.string(), z.array(z.string())]).optional(),
    }),
  }),
  z.object({
    rule: z.object({
      ...of,
      chain: z.string(),
      handle: z.int().optional(),
      expr: z.array(z.unknown()),
    }),
  }),
  z.object({ set: z.object({ ...of, name: z.string(), elem: z.array(z.unknown()).default([]) }) }),
  z.object({ map: z.object({ ...of, name: z.string(), elem: z.array(z.unknown()).default([]) }) }),
]);
const KINDS = ['table', 'chain', 'rule', 'set', 'map'] as const;
/** What a ruleset may hold besides; a kind that isn't known could be a garbled rule. */
const OTHER_KINDS = [
  'metainfo',
  'element',
  'flowtable',
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
  'tunnel',
] as const;
const documentSchema = z.object({ nftables: z.array(z.record(z.string(), z.unknown())).min(1) });

export interface NftRuleset {
  readonly tables: readonly Table[];
  /** `family name` of those that iptables-nft could have made. */
  readonly fromIptables: ReadonlySet<string>;
}

/**
 * Reads what `nft -j list ruleset` prints.
 * @param texts what only `nft -a list ruleset` tells.
 * @returns null where it isn't that, or not all of it.
 */
export function parseNftRuleset(json: string, texts: NftTexts): NftRuleset | null {
  const document = documentSchema.safeParse(parsed(withoutWarnings(json)));
  if (!document.success) return null;
  const items: z.infer<typeof itemSchema>[] = [];
  for (const item of document.data.nftables) {
    if (OTHER_KINDS.some((kind) => kind in item) && !KINDS.some((kind) => kind in item)) continue;
    const known = itemSchema.safeParse(item);
    if (!known.success) return null;
    items.push(known.data);
  }
  // The first thing it prints is its version; without it, this is something else.
  const metainfo = document.data.nftables[0]?.metainfo;
  return isRecord(metainfo) ? tablesOf(items, texts, hidesLimitsOfSets(metainfo)) : null;
}

type Item = z.infer<typeof itemSchema>;

interface OpenTable {
  readonly family: (typeof FAMILIES)[number];
  readonly name: string;
  readonly dormant: boolean;
  readonly chains: Map<string, Chain & { readonly rules: Rule[] }>;
  readonly sets: Map<string, readonly unknown[]>;
  looksLikeIptables: boolean;
}

const TABLE_FLAGS = ['dormant', 'owner', 'persist'];
/** The only names that iptables-nft gives to tables, and to chains that a hook calls. */
const IPTABLES_TABLES = ['filter', 'nat', 'mangle', 'raw', 'security'];
const IPTABLES_CHAINS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

function tablesOf(items: readonly Item[], texts: NftTexts, hidesLimits: boolean): NftRuleset | null {
  const tables = new Map<string, OpenTable>();
  const key = (of: { readonly family: string; readonly table: string }): string => `${of.family} ${of.table}`;
  for (const item of items) {
    if ('table' in item) {
      const { family: kind, name, flags = [] } = item.table;
      // nft 0.9 prints another word in JSON, 1.0.6 the last letter of the flag: which it is, the text tells.
      const isGarbled = [flags].flat().some((flag) => !TABLE_FLAGS.includes(flag));
      if (isGarbled && !texts.flagged.has(`${kind} ${name}`)) return null;
      tables.set(`${kind} ${name}`, {
        family: kind,
        name,
        dormant: [flags].flat().includes('dormant') || texts.dormant.has(`${kind} ${name}`),
        chains: new Map(),
        sets: new Map(),
        looksLikeIptables: (kind === 'ip' || kind === 'ip6') && IPTABLES_TABLES.includes(name),
      });
    } else if ('set' in item) tables.get(key(item.set))?.sets.set(item.set.name, item.set.elem);
    else if ('map' in item) tables.get(key(item.map))?.sets.set(item.map.name, item.map.elem);
    else if ('chain' in item) {
      const base = baseOf(item.chain, texts.devices.get(`${key(item.chain)} ${item.chain.name}`));
      const table = tables.get(key(item.chain));
      if (base === undefined || table === undefined) return null;
      if (base !== null && !IPTABLES_CHAINS.includes(item.chain.name)) table.looksLikeIptables = false;
      table.chains.set(item.chain.name, { name: item.chain.name, base, rules: [] });
    }
  }
  for (const item of items) {
    if (!('rule' in item)) continue;
    const { rule } = item;
    const table = tables.get(key(rule));
    const chain = table?.chains.get(rule.chain);
    if (table === undefined || chain === undefined) return null;
    const sets: NamedSets = table.sets;
    // It counts in each rule.
    if (!rule.expr.some(isCounterOrXt)) table.looksLikeIptables = false;
    const handle = rule.handle ?? null;
    const words = texts.rules.get(`${table.family} ${table.name} ${handle}`);
    const mayHideLimit = hidesLimits && (words === undefined || LIMIT.test(words));
    const steps = stepsOf(rule.expr, table.family, sets, mayHideLimit);
    chain.rules.push({ text: words ?? JSON.stringify(rule.expr), handle, steps });
  }
  const list = [...tables.values()];
  return {
    tables: list.flatMap(({ family: kind, name, dormant, chains }): Table[] =>
      dormant || kind === 'arp' ? [] : [{ origin: 'nftables', family: kind, name, chains }],
    ),
    fromIptables: new Set(
      list.flatMap(({ family: kind, name, looksLikeIptables }) =>
        looksLikeIptables ? [`${kind} ${name}`] : [],
      ),
    ),
  };
}

/** In a rule's words: it may be that of a set statement. */
const LIMIT = /\b(?:limit|count|quota)\b/u;

const isCounterOrXt = (expression: unknown): boolean =>
  isRecord(expression) && ('counter' in expression || 'xt' in expression);

/** Undefined where a part is missing or unknown. */
function baseOf(
  chain: Extract<Item, { chain: unknown }>['chain'],
  devices: readonly string[] | undefined,
): Base | null | undefined {
  const { hook, type, prio, policy, dev } = chain;
  if (hook === undefined) return type === undefined && prio === undefined ? null : undefined;
  const known = HOOKS.find((name) => name === hook);
  if (known === undefined || prio === undefined) return undefined;
  if (type !== 'filter' && type !== 'nat' && type !== 'route') return undefined;
  if (policy !== 'accept' && policy !== 'drop') return undefined;
  const bound = dev === undefined ? devices : [dev].flat();
  if (bound === undefined && (known === 'ingress' || known === 'egress')) return undefined;
  return { type, hook: known, priority: prio, policy, devices: bound ?? null };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
