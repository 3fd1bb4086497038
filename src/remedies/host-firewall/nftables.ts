import { asRoot, edit, plainWord } from '../manual.ts';
import { COMMENT, type Dialect, type Fix } from './fix.ts';

/** Families whose chains see IPv4 (nft(8), ADDRESS FAMILIES). */
const FAMILIES = ['ip', 'inet', 'bridge', 'netdev'];

const FILE = '/etc/nftables.conf';

/** An accept right before the rule that decides, so that whatever stands above it still holds. */
export const nftables: Dialect = (fix) => {
  const { rule, does } = fix;
  const chain = chainOf(fix);
  if (chain === null) return null;
  const mark = `${COMMENT}-${fix.protocol}-${fix.port}`;
  const accept = `${matchOf(fix)} accept comment`;
  // A policy decides after the last rule: there, the end of the chain is soon enough.
  const place =
    rule.isPolicy || rule.position === null
      ? `add rule ${chain}`
      : rule.handle === null
        ? `insert rule ${chain} index ${rule.position - 1}`
        : `insert rule ${chain} handle ${rule.handle}`;
  const written = `${accept} "${mark}"`;
  const line = rule.isPolicy ? asListed(rule.rule) : uncounted(rule.rule);
  return [
    {
      where: 'server',
      software: 'nftables',
      does,
      change: asRoot(`nft ${place} ${accept} '"${mark}"'`),
      // Handles are given anew at every load, so that the rule is found by its comment.
      undo: asRoot(
        `nft -a list chain ${chain} | sed -n 's/.*comment "${mark}" # handle \\([0-9]*\\)$/delete rule ${chain.replaceAll('/', '\\/')} handle \\1/p' | nft -f -`,
      ),
    },
    {
      where: 'server',
      software: 'nftables',
      does: `keeps it over a restart, where the rules are loaded from ${FILE}`,
      change: edit(FILE, line, rule.isPolicy ? `${line}\n${written}` : `${written}\n${line}`, CHECK),
      undo: edit(FILE, written, null, CHECK),
    },
  ];
};

/** The priorities of a filter that have names (nft(8), CHAINS; other families than bridge). */
const PRIORITIES: Readonly<Record<string, string>> = {
  '-300': 'raw',
  '-150': 'mangle',
  '0': 'filter',
  '50': 'security',
};

/** The line that begins a chain, as `nft list ruleset` and with it most files write it; a number is as good for nft. */
const asListed = (line: string): string =>
  line.replace(/^(type filter .*priority )(-?\d+);/u, (all, before: string, number: string) =>
    PRIORITIES[number] === undefined ? all : `${before}${PRIORITIES[number]};`,
  );

/** A rule as it stands in a file: what it has counted since is no part of it. */
const uncounted = (rule: string): string => rule.replace(/\bcounter packets \d+ bytes \d+/gu, 'counter');

/** Checks only: loading the file flushes what other programs have put into the ruleset. */
const CHECK = [`nft --check --file ${FILE}`];

/** `inet filter input`, or null where a part is nothing that nft's grammar calls a name. */
function chainOf({ rule }: Fix): string | null {
  const [family = '', table = '', ...rest] = rule.table.split(' ');
  if (!FAMILIES.includes(family) || rest.length > 0) return null;
  if (plainWord(table) === null || plainWord(rule.chain) === null) return null;
  return `${family} ${table} ${rule.chain}`;
}

function matchOf({ path, protocol, port, to }: Fix): string {
  if (path === 'output') return `meta nfproto ipv4 ${protocol} sport ${port} ct state established`;
  if (to !== null) return `ip daddr ${to} ${protocol} dport ${port}`;
  return `meta nfproto ipv4 ${protocol} dport ${port}`;
}
