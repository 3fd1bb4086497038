import { isRecord, rangeOf } from './nft-values.ts';
import { type Field, field, numbers, TCP, type Test, UDP } from './ruleset.ts';

/** The left side of a match. */
export interface Left {
  readonly fields: readonly Field[];
  readonly mask: bigint | null;
  /** What the packet must be, so that the field is there at all. */
  readonly needs: readonly Test[];
}

const META: Readonly<Record<string, Field>> = {
  iif: 'iif',
  iifname: 'iif',
  oif: 'oif',
  oifname: 'oif',
  ibrname: 'other',
  obrname: 'other',
  l4proto: 'l4proto',
  nfproto: 'nfproto',
  protocol: 'ethertype',
  mark: 'mark',
  pkttype: 'pkttype',
};
const CT: Readonly<Record<string, Field>> = {
  state: 'ct-state',
  status: 'ct-status',
  direction: 'ct-direction',
  mark: 'ct-mark',
};
/** Of the connection's first packet, whichever way this one goes. */
const CT_ORIGINAL: Readonly<Record<string, Field>> = {
  daddr: 'original-daddr',
  'ip daddr': 'original-daddr',
  'ip6 daddr': 'original-daddr',
  'proto-dst': 'original-dport',
  protocol: 'l4proto',
  l3proto: 'nfproto',
};
const IP: Readonly<Record<string, Field>> = {
  saddr: 'saddr',
  daddr: 'daddr',
  protocol: 'l4proto',
  nexthdr: 'l4proto',
};
const PORTS: Readonly<Record<string, Field>> = { sport: 'sport', dport: 'dport' };

const only = (name: Field, needs: readonly Test[] = []): Left => ({ fields: [name], mask: null, needs });
const ofFamily = (number: bigint): Test => field('nfproto', numbers([[number, number]]));
export const isTcp: Test = field('l4proto', numbers([[TCP, TCP]]));
const isUdp: Test = field('l4proto', numbers([[UDP, UDP]]));

/** Understands what nft matches on; a part that isn't modelled is `other`. */
export function leftOf(left: unknown): Left {
  if (!isRecord(left)) return only('other');
  if (Array.isArray(left.concat)) {
    const parts = left.concat.map(leftOf);
    if (parts.some(({ mask }) => mask !== null)) return only('other');
    return {
      fields: parts.flatMap(({ fields }) => fields),
      mask: null,
      needs: parts.flatMap(({ needs }) => needs),
    };
  }
  if (Array.isArray(left['&']) && left['&'].length === 2) {
    const inner = leftOf(left['&'][0]);
    const [name, ...more] = inner.fields;
    if (name === undefined || more.length > 0 || inner.mask !== null) return only('other');
    const mask = rangeOf(left['&'][1], name);
    return mask === null || mask[0] !== mask[1] ? only('other') : { ...inner, mask: mask[0] };
  }
  if (isRecord(left.payload)) return payload(left.payload);
  if (isRecord(left.meta)) return only(lookUp(META, left.meta.key));
  if (isRecord(left.ct)) return conntrack(left.ct);
  if (isRecord(left.fib)) return fib(left.fib);
  if (isRecord(left.exthdr)) {
    return only('field' in left.exthdr ? 'absent' : 'extension-header');
  }
  return only('other');
}

const lookUp = (table: Readonly<Record<string, Field>>, key: unknown): Field =>
  typeof key === 'string' && Object.hasOwn(table, key) ? (table[key] ?? 'other') : 'other';

function payload({ protocol, field: name }: Record<string, unknown>): Left {
  switch (protocol) {
    case 'ip':
      return only(lookUp(IP, name), [ofFamily(2n)]);
    case 'ip6':
      return only(lookUp(IP, name), [ofFamily(10n)]);
    case 'tcp':
      return only(lookUp({ ...PORTS, flags: 'tcp-flags' }, name), [isTcp]);
    case 'th':
      return only(lookUp(PORTS, name));
    case 'udp':
      return only(lookUp(PORTS, name), [isUdp]);
    case 'udplite':
    case 'icmp':
    case 'icmpv6':
    case 'igmp':
    case 'sctp':
    case 'dccp':
    case 'esp':
    case 'ah':
    case 'comp':
    case 'arp':
      return only('absent');
    default:
      return only('other');
  }
}

function conntrack({ key, dir }: Record<string, unknown>): Left {
  if (dir === 'original') return only(lookUp(CT_ORIGINAL, key));
  return only(dir === undefined ? lookUp(CT, key) : 'other');
}

/** What routing says of an address. `reverse-route`: is there one back to the source? */
function fib({ result, flags }: Record<string, unknown>): Left {
  const list = [flags].flat();
  if (result === 'type') {
    if (list.includes('daddr')) return only('daddr-type');
    if (list.includes('saddr')) return only('saddr-type');
  }
  // Only `exists` and `missing` can be told: they are printed as true and false.
  return only(
    list.includes('saddr') && (result === 'oif' || result === 'oifname') ? 'reverse-route' : 'other',
  );
}
