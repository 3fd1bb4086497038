import type { Family } from '../../model/address.ts';
import type { Ranges } from './ranges.ts';
import type { Hook } from './ruleset.ts';

export type Tri = 'yes' | 'no' | 'unknown';

/** One of many that could be meant, where a rule for a few of them doesn't count. */
export interface Anyone {
  readonly among: Ranges;
  /** A rule for so many of them was written for somebody else. */
  readonly negligible: bigint;
}

/** What the walk changes of a packet and its connection. */
export interface State {
  readonly daddr: bigint | Anyone;
  readonly dport: bigint | Anyone;
  /** Null where a rule set it to something that isn't known. */
  readonly mark: bigint | null;
  readonly ctMark: bigint | null;
  readonly translated: boolean;
  readonly tracked: boolean;
}

/** What stays: one packet, at one hook. Over UDP there are no flags: the kinds are those of a question and its answers. */
export interface Packet {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  readonly saddr: bigint | Anyone;
  readonly sport: bigint | Anyone;
  /** The first SYN, the SYN-ACK that answers it, and what follows from either side. */
  readonly kind: 'syn' | 'syn-ack' | 'ack' | 'ack-back';
  /** Null where there is none or it isn't known. */
  readonly iif: string | null;
  readonly oif: string | null;
  /** Where the connection was sent to, before any translation. */
  readonly original: { readonly daddr: bigint; readonly dport: bigint };
  /** What kind of address they are to this machine's routing. */
  readonly saddrType: 'local' | 'unicast';
  readonly daddrType: 'local' | 'unicast';
  /** Whether a reply to the source would leave by the interface that it came from. */
  readonly reverseRoute: Tri;
  /** The connection's first packet was kept out of connection tracking. */
  readonly untrackedBefore: boolean;
}

/** Where the packet is. */
export interface Place {
  readonly hook: Hook;
  readonly priority: number;
}
