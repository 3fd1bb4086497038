/** What `nft -a list ruleset` tells and `nft -j list ruleset` doesn't, or not in every version. */
export interface NftTexts {
  /** A rule's words by `family table handle`. */
  readonly rules: ReadonlyMap<string, string>;
  /** `family table` of those that are switched off. */
  readonly dormant: ReadonlySet<string>;
  /** `family table` of those whose flags are told. */
  readonly flagged: ReadonlySet<string>;
  /** The interfaces that a chain is bound to, by `family table chain`. */
  readonly devices: ReadonlyMap<string, readonly string[]>;
}

const TABLE_FLAGS = /^flags (?:dormant|owner|persist)(?:, ?(?:dormant|owner|persist))*$/u;

/** What it doesn't understand it leaves out, and what may be half a line. */
export function parseNftTexts(text: string): NftTexts {
  const rules = new Map<string, string>();
  const dormant = new Set<string>();
  const flagged = new Set<string>();
  const devices = new Map<string, readonly string[]>();
  let table = '';
  let chain: string | null = null;
  let words: string[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const trimmed = line.trim();
    const tableLine = /^table (\S+) (\S+) \{/u.exec(trimmed);
    const chainLine = /^chain (\S+) \{(?: # handle \d+)?$/u.exec(trimmed);
    if (chain === null) {
      if (tableLine !== null) table = `${tableLine[1]} ${tableLine[2]}`;
      else if (chainLine !== null) [chain, words] = [chainLine[1] ?? '', []];
      else if (TABLE_FLAGS.test(trimmed)) {
        flagged.add(table);
        if (trimmed.includes('dormant')) dormant.add(table);
      }
    } else if (trimmed === '}' && words.length === 0) chain = null;
    else if (/^type \w+ hook /u.test(trimmed)) {
      const bound = /^type \w+ hook \w+ devices? (?:= )?(.*) priority /u.exec(trimmed)?.[1];
      if (bound !== undefined) devices.set(`${table} ${chain}`, bound.match(/[^\s"{},]+/gu) ?? []);
    } else if (!/^comment "/u.test(trimmed)) {
      words.push(trimmed);
      // Looked for in one line at a time: a rule with a set in it may have thousands.
      const handle = /(?:^| )# handle (\d+)$/u.exec(trimmed);
      if (handle === null) continue;
      const text = words.join(' ');
      rules.set(`${table} ${handle[1]}`, text.slice(0, text.length - handle[0].length).trimEnd());
      words = [];
    }
  }
  return { rules, dormant, flagged, devices };
}
