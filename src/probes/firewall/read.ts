import type { Family } from '../../model/address.ts';
import type { Reason } from '../../model/evidence.ts';
import type { FirewallSoftware } from '../../model/facts/host.ts';
import { complaint, type Output, type Outputs } from './commands.ts';
import { parseIpSets } from './ipsets.ts';
import type { IpSets } from './iptables-rule.ts';
import { originOf, parseIptablesSave, type Saved } from './iptables-save.ts';
import { type NftRuleset, parseNftRuleset } from './nft-ruleset.ts';
import { parseNftTexts } from './nft-texts.ts';
import { isOlderForm } from './nft-version.ts';
import type { Origin, Table } from './ruleset.ts';
import { withIptables } from './same-rules.ts';

/** All rules that could be read. */
interface Rules {
  readonly tables: readonly Table[];
  /** Why part of them couldn't be. */
  readonly unread: Readonly<Record<Family, string | null>>;
  readonly installed: readonly FirewallSoftware[];
}

export type Reading = { readonly rules: Rules } | { readonly reason: Reason };

/** The kernel has no nf_tables at all, so that there is nothing to list. */
const NO_NF_TABLES = /(?:protocol|operation) not supported|protocol not available/iu;

/** Puts together what the tools say; each rule once, though both nft and iptables-nft-save print it. */
export function rulesOf(outputs: Outputs): Reading {
  const sets = parseIpSets(outputs.ipset?.exitCode === 0 ? outputs.ipset.stdout : '');
  const nft = nftTables(outputs);
  if ('reason' in nft) return nft;
  const modern = {
    ipv4: saved(outputs, 'ipv4', 'iptables-nft', sets),
    ipv6: saved(outputs, 'ipv6', 'iptables-nft', sets),
  };
  const legacy = { ipv4: legacyTables(outputs, 'ipv4', sets), ipv6: legacyTables(outputs, 'ipv6', sets) };
  const hasTool = nft.tables !== null || [modern, legacy].some(({ ipv4, ipv6 }) => ipv4.has || ipv6.has);
  if (!hasTool) return { reason: { code: 'no-tool' } };
  for (const part of [modern.ipv4, modern.ipv6]) {
    // Where nft shows the same rules, it is enough that one of the two can be read.
    if (nft.tables === null && part.reason !== null) return { reason: part.reason };
  }
  for (const part of [legacy.ipv4, legacy.ipv6]) {
    if (part.reason?.code === 'no-privilege') return { reason: part.reason };
  }
  const modernTables = [...modern.ipv4.tables, ...modern.ipv6.tables];
  const tables =
    nft.tables === null ? modernTables : withIptables(nft.tables, nft.fromIptables, modernTables);
  const installed: FirewallSoftware[] = [];
  if (nft.tables !== null) installed.push('nftables');
  if (modern.ipv4.has || modern.ipv6.has) installed.push('iptables-nft');
  if (legacy.ipv4.has || legacy.ipv6.has) installed.push('iptables-legacy');
  return {
    rules: {
      tables: [...legacy.ipv4.tables, ...legacy.ipv6.tables, ...tables],
      unread: {
        ipv4: unreadPart(legacy.ipv4, modern.ipv4, nft.tables),
        ipv6: unreadPart(legacy.ipv6, modern.ipv6, nft.tables),
      },
      installed,
    },
  };
}

type NftTables = Omit<NftRuleset, 'tables'> & { readonly tables: readonly Table[] | null };

function nftTables({ nftJson, nftText }: Outputs): NftTables | { readonly reason: Reason } {
  const nothing = { fromIptables: new Set<string>() };
  if (nftJson === null) return { tables: null, ...nothing };
  if (nftJson.exitCode !== 0 && NO_NF_TABLES.test(nftJson.stderr)) return { tables: [], ...nothing };
  const reason = complaint(nftJson);
  if (reason !== null) return { reason };
  const texts = parseNftTexts(nftText?.exitCode === 0 ? nftText.stdout : '');
  const ruleset = parseNftRuleset(nftJson.stdout, texts);
  if (ruleset !== null) return ruleset;
  return {
    reason: isOlderForm(nftJson.stdout)
      ? { code: 'unsupported', detail: 'nft before 0.9.1 prints JSON of an older form' }
      : { code: 'malformed', detail: 'nft -j list ruleset' },
  };
}

/** What one flavour of iptables told of one family. */
interface Part {
  /** Its program is there. */
  readonly has: boolean;
  readonly tables: readonly Table[];
  readonly reason: Reason | null;
  /** It says that it doesn't show all. */
  readonly isIncomplete: boolean;
}

function saved(outputs: Outputs, family: Family, origin: Exclude<Origin, 'nftables'>, sets: IpSets): Part {
  const named = origin === 'iptables-nft' ? outputs.nftSave[family] : outputs.legacySave[family];
  const output = named ?? plain(outputs, family, origin);
  if (output === null) return { has: false, tables: [], reason: null, isIncomplete: false };
  const reason = complaint(output);
  if (reason !== null) return { has: true, tables: [], reason, isIncomplete: false };
  const tables = parseIptablesSave({ text: output.stdout, origin, family }, sets);
  const isIncomplete = /^# Table .* (?:is|contains) incompatible/mu.test(output.stdout);
  if (tables !== null) return { has: true, tables, reason: null, isIncomplete };
  const detail = family === 'ipv4' ? 'iptables-save' : 'ip6tables-save';
  return { has: true, tables: [], reason: { code: 'malformed', detail }, isIncomplete };
}

/** The plain name is one of the two. */
function plain({ save, legacyTables: names }: Outputs, family: Family, origin: Saved['origin']): Output {
  const output = save[family];
  const kernelHasLegacy = names[family] === 'unreadable' ? null : (names[family]?.length ?? 0) > 0;
  return output !== null && originOf(output, kernelHasLegacy) === origin ? output : null;
}

function legacyTables(outputs: Outputs, family: Family, sets: IpSets): Part {
  const names = outputs.legacyTables[family];
  const part = saved(outputs, family, 'iptables-legacy', sets);
  if (names === null) return { ...part, tables: [], reason: null };
  if (names === 'unreadable') {
    return { ...part, tables: [], reason: part.reason ?? { code: 'no-privilege' } };
  }
  if (names.length === 0) return { ...part, tables: [], reason: null };
  if (part.reason !== null) return part;
  const missing = names.filter((name) => !part.tables.some((table) => table.name === name));
  if (missing.length === 0) return part;
  return { ...part, reason: { code: part.has ? 'malformed' : 'no-tool', detail: missing.join(', ') } };
}

function unreadPart(legacy: Part, modern: Part, nft: readonly Table[] | null): string | null {
  if (legacy.reason !== null) {
    const { code, detail } = legacy.reason;
    return `the rules of iptables-legacy: ${code}${detail === undefined ? '' : ` (${detail})`}`;
  }
  return nft === null && modern.isIncomplete ? 'rules that only nft can list, which is not installed' : null;
}
