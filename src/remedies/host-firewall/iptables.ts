import { asRoot, plainWord } from '../manual.ts';
import { COMMENT, type Dialect, type Fix } from './fix.ts';

type Binary = 'iptables-nft' | 'iptables-legacy';

/**
 * Debian and Ubuntu load what this saved, by whichever kind `iptables` means; where that is the other one, or the
 * package is missing, the rules come from elsewhere.
 */
const save = (binary: Binary): string =>
  `if command -v netfilter-persistent >/dev/null && iptables --version | grep -q ${VERSION[binary]}; then netfilter-persistent save; fi`;
const VERSION: Readonly<Record<Binary, string>> = {
  'iptables-nft': 'nf_tables',
  'iptables-legacy': 'legacy',
};

/** Both kinds keep rule sets of their own, so that the binary has to be the one that the rule was found with. */
const dialect =
  (binary: Binary): Dialect =>
  (fix) => {
    const { rule, does } = fix;
    const table = plainWord(rule.table);
    const chain = plainWord(rule.chain);
    if (table === null || chain === null) return null;
    const run = `${binary} -w -t ${table}`;
    const match = `${matchOf(fix)} -m comment --comment ${COMMENT} -j ACCEPT`;
    // A policy decides after the last rule: there, the end of the chain is soon enough.
    const place = rule.isPolicy || rule.position === null ? `-A ${chain}` : `-I ${chain} ${rule.position}`;
    return [
      {
        where: 'server',
        software: binary,
        does,
        change: asRoot(`${run} ${place} ${match}`),
        undo: asRoot(`${run} -D ${chain} ${match}`),
      },
      {
        where: 'server',
        software: binary,
        does: 'keeps it over a restart, where netfilter-persistent loads the rules; a script of your own has to get the line too',
        change: asRoot(save(binary)),
        undo: asRoot(save(binary)),
      },
    ];
  };

export const iptablesNft = dialect('iptables-nft');
export const iptablesLegacy = dialect('iptables-legacy');

function matchOf({ path, protocol, port, to }: Fix): string {
  if (path === 'output') return `-p ${protocol} --sport ${port} -m conntrack --ctstate ESTABLISHED`;
  return `-p ${protocol}${to === null ? '' : ` -d ${to}`} --dport ${port}`;
}
