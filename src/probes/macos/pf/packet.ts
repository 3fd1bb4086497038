import type { Family } from '../../../model/address.ts';
import { commonSize, includes, type Ranges, sizeOf } from '../../firewall/ranges.ts';
import type { Anyone, Tri } from '../../firewall/segment.ts';
import type { PfRule, Side, Who } from './rule.ts';

/** One packet, as pf sees it at an interface. */
export interface PfPacket {
  readonly direction: 'in' | 'out';
  readonly interface: string;
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  readonly from: bigint | Anyone;
  readonly fromPort: bigint | Anyone;
  readonly to: bigint | Anyone;
  readonly toPort: bigint | Anyone;
  /** The TCP flags that are set, as pf writes them. */
  readonly flags: string;
}

/** What rules refer to. */
export interface Surroundings {
  /** A family's addresses in a table, as an anchor sees it; null where they can't be told. */
  table(name: string, anchor: string, family: Family): Ranges | null;
  /** What an interface has: its addresses, or their networks. */
  interface(name: string, network: boolean, family: Family): Ranges;
}

/** Whether the rule is about the packet. `anchor` is where the rule stands. */
export function matches(rule: PfRule, packet: PfPacket, around: Surroundings, anchor: string): Tri {
  const at = rule.interface;
  // The kernel compares the interface itself, and knows no groups: pfi_kif_match(), xnu bsd/net/pf_if.c.
  if (at !== null && (at.name === packet.interface) === at.not) return 'no';
  if (rule.direction !== null && rule.direction !== packet.direction) return 'no';
  if (rule.family !== null && rule.family !== packet.family) return 'no';
  if (rule.protocol !== null && rule.protocol !== packet.protocol) return 'no';
  if (rule.fragment || !hasFlags(rule, packet)) return 'no';
  return all([
    sideMatches(rule.from, packet.from, packet.fromPort, packet, around, anchor),
    sideMatches(rule.to, packet.to, packet.toPort, packet, around, anchor),
    rule.unclear ? 'unknown' : 'yes',
  ]);
}

function all(parts: readonly Tri[]): Tri {
  if (parts.includes('no')) return 'no';
  return parts.includes('unknown') ? 'unknown' : 'yes';
}

const hasFlags = ({ flags }: PfRule, packet: PfPacket): boolean =>
  flags === null ||
  packet.protocol !== 'tcp' ||
  [...flags.of].every((flag) => packet.flags.includes(flag) === flags.set.includes(flag));

function sideMatches(
  { who, not, ports }: Side,
  address: bigint | Anyone,
  port: bigint | Anyone,
  packet: PfPacket,
  around: Surroundings,
  anchor: string,
): Tri {
  const whom = whoMatches(who, address, packet.family, around, anchor);
  const named = not ? opposite(whom) : whom;
  if (ports === null) return named;
  return all([named, ports === 'unknown' ? 'unknown' : isAmong(port, ports)]);
}

const opposite = (tri: Tri): Tri => (tri === 'yes' ? 'no' : tri === 'no' ? 'yes' : 'unknown');

function whoMatches(
  who: Who,
  address: bigint | Anyone,
  family: Family,
  around: Surroundings,
  anchor: string,
): Tri {
  switch (who.kind) {
    case 'any':
      return 'yes';
    case 'range':
      return who.family === family ? isAmong(address, [who.range]) : 'no';
    case 'table': {
      const ranges = around.table(who.name, anchor, family);
      return ranges === null ? 'unknown' : isAmong(address, ranges);
    }
    case 'interface':
      return isAmong(address, around.interface(who.name, who.network, family));
    case 'unknown':
      return 'unknown';
  }
}

/** Of somebody among many: no where a rule is about few others, yes where it is about all but few. */
function isAmong(value: bigint | Anyone, ranges: Ranges): Tri {
  if (typeof value === 'bigint') return includes(ranges, value) ? 'yes' : 'no';
  const inside = commonSize(value.among, ranges);
  if (inside <= value.negligible) return 'no';
  return sizeOf(value.among) - inside <= value.negligible ? 'yes' : 'unknown';
}
