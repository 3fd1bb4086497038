import { canStop } from './can-stop.ts';
import type { Base, Chain, Hook, Table } from './ruleset.ts';
import type { Packet, State } from './segment.ts';
import { type Decider, stateKey, Walk } from './walk.ts';

/** Where address translation is done, whatever priority its chains have (NF_IP_PRI_NAT_DST and _SRC, nf_nat_proto.c). */
const NAT_PRIORITY: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
};

/** A packet that is still on its way. */
export interface Traveller {
  readonly state: State;
  /** The last rule or policy that let it through. */
  readonly by: Decider | null;
}

/** What can become of a packet. */
export interface Outcomes {
  readonly through: readonly Traveller[];
  readonly stopped: readonly { readonly kind: 'drop' | 'reject' | 'unknown'; readonly by: Decider }[];
  /** Rules whose match can't be told. */
  readonly undecided: readonly string[];
}

interface Entry {
  readonly table: Table;
  readonly chain: Chain;
  readonly base: Base;
  readonly priority: number;
}

/** Sends what is on its way through all base chains of one hook, in the kernel's order. */
export function passHook(
  hook: Hook,
  tables: readonly Table[],
  packet: Packet,
  travellers: readonly Traveller[],
): Outcomes {
  const stopped: { kind: 'drop' | 'reject' | 'unknown'; by: Decider }[] = [];
  const undecided: string[] = [];
  let through = travellers;
  /** Connections that have their translation already: the next nat chain isn't asked. */
  const translatedHere = new Set<string>();
  for (const { table, chain, base, priority } of entriesOf(hook, tables, packet)) {
    const next = new Map<string, Traveller>();
    const walk = new Walk(packet, { hook, priority });
    for (const traveller of through) {
      const { state } = traveller;
      const skips =
        base.type === 'nat' &&
        (packet.kind !== 'syn' || !state.tracked || translatedHere.has(stateKey(state)));
      if (skips) {
        keep(next, traveller);
        continue;
      }
      for (const end of walk.base(table, chain, base, state)) {
        if (end.kind === 'drop' || end.kind === 'reject' || end.kind === 'unknown') {
          stopped.push({ kind: end.kind, by: end.by });
          continue;
        }
        if (end.kind === 'dnat') translatedHere.add(stateKey(end.state));
        // A nat chain lets everything through: it filters nothing.
        const by = base.type === 'nat' ? traveller.by : stronger(traveller.by, end.by);
        keep(next, { state: end.state, by });
      }
    }
    undecided.push(...walk.undecided);
    through = [...next.values()];
  }
  return { through, stopped, undecided };
}

function keep(map: Map<string, Traveller>, traveller: Traveller): void {
  const key = stateKey(traveller.state);
  if (!map.has(key)) map.set(key, traveller);
}

/** A rule that accepts says more than a policy, and a policy of an empty chain says nothing. */
function stronger(before: Decider | null, now: Decider): Decider | null {
  if (now.rule !== null) return now;
  return before !== null || !canStop(now.table, now.chain) ? before : now;
}

function entriesOf(hook: Hook, tables: readonly Table[], packet: Packet): readonly Entry[] {
  const entries = tables.flatMap((table) => {
    if (!concerns(table, hook, packet)) return [];
    return [...table.chains.values()].flatMap((chain): Entry[] => {
      const { base } = chain;
      if (base === null || base.hook !== hook) return [];
      const device = hook === 'ingress' ? packet.iif : packet.oif;
      if (base.devices !== null && (device === null || !base.devices.includes(device))) return [];
      const priority = base.type === 'nat' ? (NAT_PRIORITY[hook] ?? base.priority) : base.priority;
      return [{ table, chain, base, priority }];
    });
  });
  // Where priorities are equal, the kernel puts the newer chain first (nf_hook_entries_grow(), net/netfilter/core.c),
  // except among nat chains, which share one hook and are ordered by their own priority.
  return entries
    .map((entry, index) => ({ entry, index }))
    .sort(
      (a, b) =>
        a.entry.priority - b.entry.priority ||
        a.entry.base.priority - b.entry.base.priority ||
        b.index - a.index,
    )
    .map(({ entry }) => entry);
}

function concerns({ family }: Table, hook: Hook, packet: Packet): boolean {
  if (hook === 'ingress' || hook === 'egress') return family === 'netdev' || family === 'inet';
  if (family === 'inet') return true;
  return packet.family === 'ipv4' ? family === 'ip' : family === 'ip6';
}
