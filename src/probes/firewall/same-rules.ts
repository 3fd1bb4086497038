import type { Chain, Table } from './ruleset.ts';

/**
 * Takes the tables of iptables-nft from iptables-nft-save, which tells matches and targets that nft only names (`xt`),
 * with the handles that nft gives. Where the two don't show the same chains, nft's are kept.
 * @param fromIptables `family name` of the tables that iptables-nft made, as far as nft's output shows.
 */
export function withIptables(
  nft: readonly Table[],
  fromIptables: ReadonlySet<string>,
  saved: readonly Table[],
): readonly Table[] {
  return nft.map((table) => {
    if (!fromIptables.has(`${table.family} ${table.name}`)) return table;
    const other = saved.find(({ family, name }) => family === table.family && name === table.name);
    const chains = other === undefined ? null : merged(table, other);
    return chains === null ? table : { ...table, origin: 'iptables-nft', chains };
  });
}

function merged(nft: Table, saved: Table): ReadonlyMap<string, Chain> | null {
  const chains = new Map<string, Chain>();
  for (const [name, chain] of nft.chains) {
    const other = saved.chains.get(name);
    if (other === undefined || other.rules.length !== chain.rules.length) return null;
    if (other.base?.policy !== chain.base?.policy) return null;
    const rules = other.rules.map((rule, index) => ({ ...rule, handle: chain.rules[index]?.handle ?? null }));
    chains.set(name, { name, base: chain.base, rules });
  }
  return chains;
}
