import type { Family } from '../../model/address.ts';
import { commonSize, includes, type Range, type Ranges, sizeOf } from './ranges.ts';
import { type Among, CT_STATE, CT_STATUS, type Field, TCP, type Test, UDP } from './ruleset.ts';
import type { Anyone, Packet, Place, State, Tri } from './segment.ts';

/** Where connection tracking begins (NF_IP_PRI_CONNTRACK, linux/netfilter_ipv4.h); before that nothing has a state. */
const CONNTRACK_PRIORITY = -200;

/** NF_IP_PRI_NAT_DST, linux/netfilter_ipv4.h. */
const TRANSLATION_PRIORITY = -100;

/** A field's value: `known` are the bits that are known, all where it is left out. */
type Value =
  | { readonly number: bigint; readonly known?: bigint }
  | { readonly name: string }
  | { readonly anyone: Anyone }
  | 'unknown'
  | 'absent';
type Present = Exclude<Value, 'absent'>;

/** RFC 9293, 3.1; whether data is pushed (8) is not known. */
const FLAGS: Readonly<Record<Packet['kind'], Value>> = {
  syn: { number: 2n },
  'syn-ack': { number: 18n },
  ack: { number: 16n, known: 255n & ~8n },
  'ack-back': { number: 16n, known: 255n & ~8n },
};

export function matches(what: Test, packet: Packet, state: State, place: Place): Tri {
  switch (what.kind) {
    case 'always':
      return 'yes';
    case 'never':
      return 'no';
    case 'unknown':
      return 'unknown';
    case 'field': {
      const value = fieldOf(what.field, packet, state, place);
      if (value === 'absent') return 'no';
      return negated(compare(value, what.among, packet.family), what.negate);
    }
    case 'tuple': {
      const values = what.fields.map((name) => fieldOf(name, packet, state, place));
      const present = values.filter((value) => value !== 'absent');
      if (present.length < values.length) return 'no';
      return negated(compareTuples(present, what.tuples, packet.family), what.negate);
    }
  }
}

const negated = (tri: Tri, negate: boolean): Tri =>
  !negate || tri === 'unknown' ? tri : tri === 'yes' ? 'no' : 'yes';

const all = (parts: readonly Tri[]): Tri =>
  parts.includes('no') ? 'no' : parts.includes('unknown') ? 'unknown' : 'yes';

function compareTuples(
  values: readonly Present[],
  tuples: readonly (readonly Among[])[],
  family: Family,
): Tri {
  // Small sets of strangers add up: those of all tuples that fit otherwise are compared as one.
  const anyone = values.findIndex((value) => typeof value === 'object' && 'anyone' in value);
  const union: Range[] = [];
  let result: Tri = 'no';
  for (const tuple of tuples) {
    const parts = values.map((value, index): Tri => {
      const among = tuple[index];
      if (among === undefined) return 'unknown';
      return index === anyone ? 'yes' : compare(value, among, family);
    });
    const rest = all(parts);
    const own = anyone < 0 ? undefined : tuple[anyone];
    if (rest === 'no') continue;
    if (own === undefined) {
      if (rest === 'yes') return 'yes';
      result = 'unknown';
    } else if (rest === 'yes' && 'ranges' in own && own.mask === null) union.push(...own.ranges);
    else if (compare(values[anyone] ?? 'unknown', own, family) !== 'no') result = 'unknown';
  }
  const value = values[anyone];
  if (value === undefined) return result;
  const together = compare(value, { ranges: union, mask: null }, family);
  return together === 'no' ? result : together;
}

function compare(value: Present, among: Among, family: Family): Tri {
  if (value === 'unknown') return 'unknown';
  if ('names' in among) {
    if (!('name' in value)) return 'unknown';
    return among.names.some((pattern) => fits(value.name, pattern)) ? 'yes' : 'no';
  }
  if ('name' in value) return 'unknown';
  const { ranges, mask } = among;
  if ('anyone' in value) {
    const plain = mask === null ? ranges : unmasked(ranges, mask, family);
    return plain === null ? 'unknown' : compareAnyone(value.anyone, plain);
  }
  const { number, known } = value;
  if (known !== undefined && (mask === null || (mask & ~known) !== 0n)) return 'unknown';
  return includes(ranges, mask === null ? number : number & mask) ? 'yes' : 'no';
}

export function compareAnyone({ among, negligible }: Anyone, ranges: Ranges): Tri {
  const inside = commonSize(among, ranges);
  if (inside <= negligible) return 'no';
  return sizeOf(among) - inside <= negligible ? 'yes' : 'unknown';
}

/** `& mask == value` as the prefix that it means; null where the mask isn't one of a prefix. */
function unmasked(ranges: Ranges, mask: bigint, family: Family): Ranges | null {
  const host = ((1n << (family === 'ipv4' ? 32n : 128n)) - 1n) & ~mask;
  if ((host & (host + 1n)) !== 0n) return null;
  return ranges.every(([low, high]) => low === high) ? ranges.map(([low]) => [low, low | host]) : null;
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

const isAnswer = ({ kind }: Packet): boolean => kind === 'syn-ack' || kind === 'ack-back';

/** Later packets of a connection are translated where the first was: until then they show where they were sent. */
const beforeTranslation = ({ kind }: Packet, { hook, priority }: Place): boolean =>
  kind === 'ack' && (hook === 'ingress' || (hook === 'prerouting' && priority < TRANSLATION_PRIORITY));

const addressOrPort = (value: bigint | Anyone): Value =>
  typeof value === 'bigint' ? { number: value } : { anyone: value };
const orUnknown = (value: bigint | null): Value => (value === null ? 'unknown' : { number: value });
const nameOrUnknown = (value: string | null): Value => (value === null ? 'unknown' : { name: value });
const bit = (table: Readonly<Record<string, bigint>>, name: string): bigint => table[name] ?? 0n;

function fieldOf(what: Field, packet: Packet, state: State, place: Place): Value {
  const ipv4 = packet.family === 'ipv4';
  switch (what) {
    case 'saddr':
      return addressOrPort(packet.saddr);
    case 'daddr':
      return beforeTranslation(packet, place)
        ? { number: packet.original.daddr }
        : addressOrPort(state.daddr);
    case 'sport':
      return addressOrPort(packet.sport);
    case 'dport':
      return beforeTranslation(packet, place)
        ? { number: packet.original.dport }
        : addressOrPort(state.dport);
    case 'original-daddr':
      return { number: packet.original.daddr };
    case 'original-dport':
      return { number: packet.original.dport };
    case 'l4proto':
      return { number: packet.protocol === 'tcp' ? TCP : UDP };
    case 'nfproto':
      // NFPROTO_IPV4 and NFPROTO_IPV6 (linux/netfilter.h).
      return { number: ipv4 ? 2n : 10n };
    case 'ethertype':
      return { number: ipv4 ? 0x0800n : 0x86ddn };
    case 'tcp-flags':
      return packet.protocol === 'tcp' ? FLAGS[packet.kind] : 'absent';
    case 'iif':
      return place.hook === 'output' ? { name: '' } : nameOrUnknown(packet.iif);
    case 'oif':
      // Routing comes after prerouting, and what is let in goes nowhere.
      return ['ingress', 'prerouting', 'input'].includes(place.hook)
        ? { name: '' }
        : nameOrUnknown(packet.oif);
    case 'ct-state':
      return ctState(packet, state, place);
    case 'ct-status':
      return ctField(state, place, {
        number: state.translated ? bit(CT_STATUS, 'dnat') : 0n,
        known: packet.kind === 'syn' ? bit(CT_STATUS, 'dnat') | 1n | 2n | 4n : bit(CT_STATUS, 'dnat'),
      });
    case 'ct-direction':
      return ctField(state, place, { number: isAnswer(packet) ? 1n : 0n });
    case 'mark':
      return orUnknown(state.mark);
    case 'ct-mark':
      return ctField(state, place, orUnknown(state.ctMark));
    case 'pkttype':
      return { name: 'host' };
    case 'saddr-type':
      return { name: packet.saddrType };
    case 'daddr-type':
      return { name: packet.daddrType };
    case 'reverse-route':
      // Other marks may have routes of their own.
      return packet.reverseRoute === 'unknown' || state.mark !== 0n
        ? 'unknown'
        : { number: packet.reverseRoute === 'yes' ? 1n : 0n };
    case 'extension-header':
      return { number: 0n };
    case 'other':
      return 'unknown';
    case 'absent':
      return 'absent';
  }
}

/** Before connection tracking: -1, at its own priority: 0 (the order is not told), after: 1. */
function tracking({ hook, priority }: Place): -1 | 0 | 1 {
  if (hook === 'ingress') return -1;
  if (hook !== 'prerouting' && hook !== 'output') return 1;
  return priority < CONNTRACK_PRIORITY ? -1 : priority === CONNTRACK_PRIORITY ? 0 : 1;
}

function ctState(packet: Packet, state: State, place: Place): Value {
  if (!state.tracked) return { number: bit(CT_STATE, 'untracked') };
  const when = tracking(place);
  if (when === 0) return 'unknown';
  // nft_ct_get_eval() and conntrack_mt() both call a packet without a connection invalid.
  if (when < 0) return { number: bit(CT_STATE, 'invalid') };
  if (packet.untrackedBefore) return 'unknown';
  return { number: bit(CT_STATE, packet.kind === 'syn' ? 'new' : 'established') };
}

function ctField(state: State, place: Place, value: Value): Value {
  const when = tracking(place);
  if (!state.tracked || when < 0) return 'absent';
  return when === 0 ? 'unknown' : value;
}
