import type { Ranges } from './ranges.ts';

/** What both nft's and iptables' rules are read into: as little as it takes to walk them with one packet. */

export type Origin = 'nftables' | 'iptables-nft' | 'iptables-legacy';
/** nft's families; iptables' tables are `ip` and `ip6`. */
export type TableFamily = 'ip' | 'ip6' | 'inet' | 'netdev' | 'bridge';
export type Hook = 'ingress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'egress';

export interface Table {
  readonly origin: Origin;
  readonly family: TableFamily;
  readonly name: string;
  readonly chains: ReadonlyMap<string, Chain>;
}

export interface Chain {
  readonly name: string;
  /** Null for a chain that is only jumped to. */
  readonly base: Base | null;
  readonly rules: readonly Rule[];
}

export interface Base {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** The interfaces that it is bound to, for netdev and ingress; null for all. */
  readonly devices: readonly string[] | null;
}

export interface Rule {
  /** As its tool prints it. */
  readonly text: string;
  readonly handle: number | null;
  readonly steps: readonly Step[];
}

/** A rule is done step by step, from the left, until one doesn't match or decides. */
export type Step =
  | { readonly do: 'test'; readonly test: Test }
  | { readonly do: 'verdict'; readonly verdict: Verdict }
  /** The first entry whose key matches decides; the catch-all stands last. */
  | {
      readonly do: 'vmap';
      readonly entries: readonly { readonly key: Test; readonly verdict: Verdict }[];
    }
  | { readonly do: 'mark'; readonly of: 'mark' | 'ct-mark'; readonly to: MarkValue }
  | { readonly do: 'notrack' };

/** `(mark & and) ^ xor`; the other mark's value through `mask`; null where it can't be known. */
export type MarkValue =
  | { readonly and: bigint; readonly xor: bigint }
  | { readonly from: 'mark' | 'ct-mark' }
  | null;

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly target: string }
  /** The destination's translation; null keeps the packet's own. */
  | { readonly kind: 'dnat'; readonly address: bigint | null; readonly port: number | null }
  /** Something that isn't modelled: it may do anything. */
  | { readonly kind: 'unknown' };

/** What of a packet a rule can look at. */
export type Field =
  | 'saddr'
  | 'daddr'
  | 'sport'
  | 'dport'
  | 'original-daddr'
  | 'original-dport'
  | 'l4proto'
  | 'nfproto'
  | 'ethertype'
  | 'tcp-flags'
  | 'iif'
  | 'oif'
  | 'ct-state'
  | 'ct-status'
  | 'ct-direction'
  | 'mark'
  | 'ct-mark'
  | 'pkttype'
  | 'saddr-type'
  | 'daddr-type'
  | 'reverse-route'
  | 'extension-header'
  /** Present in the packet but not known. */
  | 'other'
  /** Of another protocol: a match on it fails, negated or not. */
  | 'absent';

/** Values to compare with: numbers (after `& mask`), or names where `*` at the end stands for anything. */
export type Among =
  | { readonly ranges: Ranges; readonly mask: bigint | null }
  | { readonly names: readonly string[] };

export type Test =
  | { readonly kind: 'field'; readonly field: Field; readonly among: Among; readonly negate: boolean }
  /** Several fields at once: nft's concatenations. */
  | {
      readonly kind: 'tuple';
      readonly fields: readonly Field[];
      readonly tuples: readonly (readonly Among[])[];
      readonly negate: boolean;
    }
  /** Only packets of this family. */
  | { readonly kind: 'always' | 'never' | 'unknown' };

export const always: Test = { kind: 'always' };
export const never: Test = { kind: 'never' };
export const unknown: Test = { kind: 'unknown' };

export const test = (what: Test): Step => ({ do: 'test', test: what });
export const verdict = (what: Verdict): Step => ({ do: 'verdict', verdict: what });
export const unknownVerdict: Step = verdict({ kind: 'unknown' });

/** Numbers as they stand in the packet. */
export const numbers = (ranges: Ranges, mask: bigint | null = null): Among => ({ ranges, mask });
export const names = (list: readonly string[]): Among => ({ names: list });
/** At least one of the bits is set. */
export const anyBit = (bits: bigint): Among => ({ ranges: [[1n, bits]], mask: bits });

export const field = (what: Field, among: Among, negate = false): Test => ({
  kind: 'field',
  field: what,
  among,
  negate,
});

/** Source: include/uapi/linux/netfilter/nf_tables.h and nf_conntrack_common.h, as nft prints them. */
export const CT_STATE: Readonly<Record<string, bigint>> = {
  invalid: 1n,
  established: 2n,
  related: 4n,
  new: 8n,
  untracked: 64n,
};
export const CT_STATUS: Readonly<Record<string, bigint>> = {
  expected: 1n,
  'seen-reply': 2n,
  assured: 4n,
  confirmed: 8n,
  snat: 16n,
  dnat: 32n,
  dying: 512n,
};
export const TCP_FLAGS: Readonly<Record<string, bigint>> = {
  fin: 1n,
  syn: 2n,
  rst: 4n,
  psh: 8n,
  ack: 16n,
  urg: 32n,
  ecn: 64n,
  ece: 64n,
  cwr: 128n,
};
/** IANA protocol numbers, by the names that both tools use. */
export const PROTOCOLS: Readonly<Record<string, bigint>> = {
  icmp: 1n,
  igmp: 2n,
  tcp: 6n,
  udp: 17n,
  dccp: 33n,
  gre: 47n,
  esp: 50n,
  ah: 51n,
  'ipv6-icmp': 58n,
  icmpv6: 58n,
  ospf: 89n,
  comp: 108n,
  sctp: 132n,
  udplite: 136n,
};
export const TCP = 6n;
export const UDP = 17n;
