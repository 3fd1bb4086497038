import { randomInt } from 'node:crypto';
import { type DecodedPacket, decode, encode, RECURSION_DESIRED, type Answer as WireRecord } from 'dns-packet';
import { parseAddress } from '../../../model/address.ts';
import type { CaaRecord } from '../../../model/caa.ts';
import { plainText } from '../../plain-text.ts';

export type QueryType = 'A' | 'AAAA' | 'NS' | 'SOA' | 'CAA';

export interface Query {
  readonly id: number;
  readonly name: string;
  readonly type: QueryType;
  readonly bytes: Buffer;
}

/** A record of the types that matter here, TTL in seconds; names in lower case without the trailing dot. */
export type DnsRecord =
  | { readonly type: 'A' | 'AAAA'; readonly name: string; readonly ttl: number; readonly address: string }
  | { readonly type: 'CNAME' | 'NS'; readonly name: string; readonly ttl: number; readonly target: string }
  | { readonly type: 'SOA'; readonly name: string; readonly ttl: number; readonly minimum: number }
  | ({ readonly type: 'CAA'; readonly name: string; readonly ttl: number } & CaaRecord);

export interface Message {
  /** With the upper bits that EDNS adds. */
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** A message that came back; `foreign` is none of this query's (stale or forged), to be waited past. */
export type Reply =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'foreign' };

/** Bytes of a UDP answer that we take: what passes without fragments everywhere. Source: DNS flag day 2020. */
const UDP_BYTES = 1232;

/** RFC 8659 4.1. */
const ISSUER_CRITICAL = 0x80;
/** Characters of a tag or a value; domains have 253, and what follows them is rare. */
const MAX_CAA_TEXT = 512;

/** Bytes of a header (RFC 1035 4.1.1), and its flags. */
const HEADER_BYTES = 12;
const TRUNCATED = 0x0200;

/** @param edns off for servers that answer FORMERR to it. */
export function makeQuery(name: string, type: QueryType, recurse: boolean, edns: boolean): Query {
  const id = randomInt(0x10000);
  const bytes = encode({
    type: 'query',
    id,
    flags: recurse ? RECURSION_DESIRED : 0,
    questions: [{ name, type, class: 'IN' }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
  return { id, name, type, bytes };
}

/** Reads one message; never throws. */
export function readReply(bytes: Buffer, query: Query): Reply {
  if (bytes.length < HEADER_BYTES) return { kind: 'malformed' };
  if (bytes.readUInt16BE(0) !== query.id) return { kind: 'foreign' };
  try {
    const packet = decode(bytes);
    if (!packet.flag_qr || !answersQuestion(packet, query)) return { kind: 'foreign' };
    return { kind: 'message', message: toMessage(packet) };
  } catch {
    // Some servers cut a truncated message in the middle of a record.
    const truncated = (bytes.readUInt16BE(2) & TRUNCATED) !== 0;
    return truncated ? { kind: 'message', message: EMPTY_TRUNCATED } : { kind: 'malformed' };
  }
}

const EMPTY_TRUNCATED: Message = {
  rcode: 0,
  authoritative: false,
  truncated: true,
  recursionAvailable: false,
  answers: [],
  authorities: [],
  additionals: [],
};

function answersQuestion(packet: DecodedPacket, query: Query): boolean {
  const [question, ...more] = packet.questions ?? [];
  // A server that couldn't read the question (FORMERR, NOTIMP) may leave it out.
  if (question === undefined) return ((packet.flags ?? 0) & 0xf) !== 0;
  return (
    more.length === 0 &&
    question.name.toLowerCase() === query.name &&
    question.type === query.type &&
    question.class === 'IN'
  );
}

function toMessage(packet: DecodedPacket): Message {
  const additionals = packet.additionals ?? [];
  const extended = additionals.find((record) => record.type === 'OPT')?.extendedRcode ?? 0;
  return {
    rcode: (extended << 4) | ((packet.flags ?? 0) & 0xf),
    authoritative: packet.flag_aa,
    truncated: packet.flag_tc,
    recursionAvailable: packet.flag_ra,
    answers: (packet.answers ?? []).flatMap(toRecord),
    authorities: (packet.authorities ?? []).flatMap(toRecord),
    additionals: additionals.flatMap(toRecord),
  };
}

/** The record, or nothing where its type doesn't matter here. @throws Error where its data can't be. */
function toRecord(record: WireRecord): DnsRecord[] {
  if (record.type === 'OPT' || ('class' in record && record.class !== 'IN')) return [];
  const common = { name: hostName(record.name), ttl: ttlOf(record) };
  switch (record.type) {
    case 'A':
    case 'AAAA': {
      const address = parseAddress(record.data);
      if (address === null) throw new Error('not an address');
      return [{ type: record.type, ...common, address }];
    }
    case 'CNAME':
    case 'NS':
      return [{ type: record.type, ...common, target: hostName(record.data) }];
    case 'SOA':
      return [{ type: 'SOA', ...common, minimum: record.data.minimum ?? 0 }];
    case 'CAA': {
      const { flags = 0, tag, value } = record.data;
      return [
        {
          type: 'CAA',
          ...common,
          critical: (flags & ISSUER_CRITICAL) !== 0,
          tag: plainText(tag.toLowerCase(), MAX_CAA_TEXT),
          value: plainText(value, MAX_CAA_TEXT),
        },
      ];
    }
    default:
      return [];
  }
}

/** Seconds; a TTL with the top bit set counts as zero (RFC 2181 8). */
function ttlOf(record: object): number {
  const ttl = 'ttl' in record && typeof record.ttl === 'number' ? record.ttl : 0;
  return ttl > 0x7fffffff ? 0 : ttl;
}

/** Names may hold any byte (RFC 2181 11): what isn't text is made harmless, and is no name to ask for any more. */
const hostName = (name: string): string => plainText(name.toLowerCase(), 255) || '.';
