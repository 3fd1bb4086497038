import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { familyOf, isPublic, parseAddress, SPECIAL_PREFIXES, scopeOf } from '../../../model/address.ts';
import { EDGE_CIDRS } from '../../../model/view/proxies.ts';

/**
 * Prefixes that mean something to who judges: an address in one of them stays in it, one outside stays outside.
 * fe80::/64 is where all link-local addresses are (RFC 4291 2.5.6); 192.0.0.0/29 is DS-Lite's (RFC 7335).
 */
const KEPT = [...SPECIAL_PREFIXES, ...EDGE_CIDRS, 'fe80::/64', '192.0.0.0/29'];

/** Addresses that are the same everywhere tell of nobody. */
const SAME_EVERYWHERE = ['loopback', 'unspecified'];

/**
 * First bits of ordinary public addresses, which tell the provider: they are replaced as a whole, so that nothing of
 * them is left. No prefix that is compared is shorter (the shortest is a /40, see view/vantage.ts).
 */
const HEAD_BITS = { ipv4: 8, ipv6: 16 } as const;
/** Where heads are drawn from: 2000::/3 is global unicast. */
const HEADS = { ipv4: { from: 1, to: 223 }, ipv6: { from: 0x2000, to: 0x3fff } } as const;

type Family = keyof typeof HEAD_BITS;

const bitsOf = (address: string): string =>
  ipaddr
    .parse(address)
    .toByteArray()
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');

function fromBits(bits: string): string {
  const bytes = (bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2));
  return parseAddress(ipaddr.fromByteArray(bytes).toString()) ?? '';
}

function treeOf(family: Family): { kept: ReadonlySet<string>; above: ReadonlySet<string> } {
  const kept = KEPT.filter((cidr) => ipaddr.parseCIDR(cidr)[0].kind() === family).map((cidr) => {
    const [address, length] = ipaddr.parseCIDR(cidr);
    return bitsOf(address.toString()).slice(0, length);
  });
  const above = kept.flatMap((bits) => Array.from(bits, (_, length) => bits.slice(0, length)));
  return { kept: new Set(kept), above: new Set(above) };
}

const TREES = { ipv4: treeOf('ipv4'), ipv6: treeOf('ipv6') };

const prefixesOf = (bits: string): string[] =>
  Array.from({ length: bits.length + 1 }, (_, length) => bits.slice(0, length));

const isKept = (bits: string, family: Family): boolean =>
  prefixesOf(bits).some((prefix) => TREES[family].kept.has(prefix));

/** Heads with nothing in them that means anything. */
function freeHeads(family: Family): string[] {
  const length = HEAD_BITS[family];
  const all = Array.from({ length: HEADS[family].to - HEADS[family].from + 1 }, (_, index) =>
    (HEADS[family].from + index).toString(2).padStart(length, '0'),
  );
  return all.filter((head) => !TREES[family].above.has(head) && !isKept(head, family));
}

const FREE = { ipv4: freeHeads('ipv4'), ipv6: freeHeads('ipv6') };

/**
 * Stand-ins for addresses that keep the family, the scope, the provider of an edge, and which addresses lie together in
 * a prefix. After Xu, Fan, Ammar, Moon, "Prefix-preserving IP address anonymization" (Crypto-PAn): each bit is turned or
 * not by a keyed function of the bits before it.
 */
export class Addresses {
  readonly #key: Uint8Array;
  readonly #known = new Map<string, string>();
  readonly #turns = new Map<string, boolean>();
  readonly #heads = new Map<string, string>();

  /** @param key secret and random: who has it can find the addresses again */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  of(address: string): string {
    const known = this.#known.get(address) ?? this.#make(address);
    this.#known.set(address, known);
    return known;
  }

  /** The first address of the prefix that stands for this one. */
  ofPrefix(address: string, length: number): string {
    const bits = bitsOf(this.of(address));
    return fromBits(bits.slice(0, length).padEnd(bits.length, '0'));
  }

  #make(address: string): string {
    if (SAME_EVERYWHERE.includes(scopeOf(address))) return address;
    const family = familyOf(address);
    const bits = bitsOf(address);
    if (isPublic(address) && !isKept(bits, family)) {
      const length = HEAD_BITS[family];
      return fromBits(this.#head(bits.slice(0, length), family) + this.#turned(bits, length, () => true));
    }
    // Above a prefix that is kept, every way leads on as it did.
    return fromBits(this.#turned(bits, 0, (before) => !TREES[family].above.has(before)));
  }

  #turned(bits: string, from: number, may: (before: string) => boolean): string {
    let turned = '';
    for (let at = from; at < bits.length; at += 1) {
      const before = bits.slice(0, at);
      const bit = bits[at] === '1';
      turned += (may(before) && this.#turnsAt(before)) !== bit ? '1' : '0';
    }
    return turned;
  }

  #turnsAt(before: string): boolean {
    const known = this.#turns.get(before);
    if (known !== undefined) return known;
    const turn = ((createHmac('sha256', this.#key).update(`bit:${before}`).digest()[0] ?? 0) & 1) === 1;
    this.#turns.set(before, turn);
    return turn;
  }

  #head(head: string, family: Family): string {
    const id = `${family}:${head}`;
    const known = this.#heads.get(id);
    if (known !== undefined) return known;
    const taken = new Set(this.#heads.values());
    const free = FREE[family];
    const start = createHmac('sha256', this.#key).update(`head:${id}`).digest().readUInt32BE(0);
    const first = start % free.length;
    const order = [...free.slice(first), ...free.slice(0, first)];
    const chosen = order.find((each) => !taken.has(each)) ?? order[0] ?? head;
    this.#heads.set(id, chosen);
    return chosen;
  }
}
