import { familyOf } from '../../../model/address.ts';
import type { CaaRecord } from '../../../model/caa.ts';
import type { Answer } from '../../../model/dns-answer.ts';
import { isWithin } from '../../../model/dns-name.ts';
import type { NameServers } from '../../ports.ts';
import type { DnsRecord, Message } from './message.ts';

/** CNAME records followed; BIND stops at 16, and real chains have two or three. */
const MAX_CHAIN = 16;
/** Addresses kept of one answer; the largest real sets fit in one UDP message with about 40. */
const MAX_ADDRESSES = 64;
/** Servers kept of one zone, and addresses of each; the root has 13 with two. */
const MAX_SERVERS = 16;
const MAX_SERVER_ADDRESSES = 8;

/** CAA records kept of one name; real sets have up to a dozen. */
const MAX_CAA = 64;

const NXDOMAIN = 3;

/** Mnemonics of RCODEs. Source: IANA DNS parameters, "DNS RCODEs". */
const RCODES: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  6: 'YXDOMAIN',
  7: 'YXRRSET',
  8: 'NXRRSET',
  9: 'NOTAUTH',
  10: 'NOTZONE',
  16: 'BADVERS',
  23: 'BADCOOKIE',
};

/** The answer where no message came back that could be read. */
export const noAnswer = (outcome: 'timed-out' | 'unreachable' | 'malformed', ms: number): Answer => ({
  outcome,
  rcode: null,
  authoritative: false,
  recursionAvailable: false,
  chain: [],
  addresses: [],
  soa: null,
  ms,
});

/** What a message says about the addresses of a name. */
export function toAnswer(
  message: Message,
  question: { readonly name: string; readonly type: 'A' | 'AAAA'; readonly recurse: boolean },
  ms: number,
): Answer {
  const { chain, canonical, endless } = followChain(message.answers, question.name);
  const ofType = message.answers.filter(
    (record) => record.type === question.type && record.name === canonical,
  );
  const addresses = addressesOf(ofType, question.type);
  const soa = soaFor(message, canonical);
  const outcome = endless
    ? 'malformed'
    : outcomeOf(message, {
        ...question,
        found: addresses.length,
        records: ofType.length,
        chain: chain.length,
        soa,
      });
  const settled = outcome !== 'servfail' && outcome !== 'refused' && outcome !== 'other';
  return {
    outcome,
    rcode: RCODES[message.rcode] ?? `RCODE${message.rcode}`,
    authoritative: message.authoritative,
    recursionAvailable: message.recursionAvailable,
    chain: settled ? chain : [],
    addresses: outcome === 'answer' ? addresses : [],
    soa: outcome === 'no-data' || outcome === 'nxdomain' ? soa : null,
    ms,
  };
}

interface Found {
  readonly recurse: boolean;
  /** Usable addresses, all records of the type, and CNAME records before them. */
  readonly found: number;
  readonly records: number;
  readonly chain: number;
  readonly soa: Answer['soa'];
}

function outcomeOf(message: Message, { recurse, found, records, chain, soa }: Found): Answer['outcome'] {
  if (message.rcode === 2) return 'servfail';
  if (message.rcode === 3) return 'nxdomain';
  if (message.rcode === 5) return 'refused';
  if (message.rcode !== 0) return 'other';
  if (found > 0) return 'answer';
  if (records > 0) return 'malformed';
  if (soa !== null) return 'no-data';
  const pointsElsewhere = message.authorities.some(({ type }) => type === 'NS');
  const recursed = recurse && message.recursionAvailable;
  // Asked without recursion, a server follows a CNAME no further than its own zones; its AA bit is about the alias.
  if (chain > 0) return recursed ? 'no-data' : 'referral';
  if (message.authoritative || (message.recursionAvailable && !pointsElsewhere)) return 'no-data';
  // Neither records nor a pointer: a server that isn't responsible and says so by saying nothing.
  return 'referral';
}

function followChain(answers: readonly DnsRecord[], name: string) {
  const aliases = new Map(
    answers.flatMap((record) => (record.type === 'CNAME' ? [[record.name, record] as const] : [])),
  );
  const chain: { name: string; target: string; ttl: number }[] = [];
  const passed = new Set([name]);
  let canonical = name;
  for (let next = aliases.get(name); next !== undefined; next = aliases.get(canonical)) {
    if (chain.length === MAX_CHAIN || passed.has(next.target)) return { chain, canonical, endless: true };
    chain.push({ name: next.name, target: next.target, ttl: next.ttl });
    canonical = next.target;
    passed.add(canonical);
  }
  return { chain, canonical, endless: false };
}

function addressesOf(records: readonly DnsRecord[], type: 'A' | 'AAAA'): Answer['addresses'] {
  const family = type === 'A' ? 'ipv4' : 'ipv6';
  const byAddress = new Map<string, number>();
  for (const record of records) {
    // An IPv4-mapped AAAA is no IPv6 address that anyone could reach.
    if (!('address' in record) || familyOf(record.address) !== family) continue;
    if (byAddress.size < MAX_ADDRESSES) byAddress.set(record.address, record.ttl);
  }
  return [...byAddress].map(([address, ttl]) => ({ address, ttl }));
}

/** Negative answers are kept for the lower of the SOA's own TTL and its last field (RFC 2308 5). */
function soaFor(message: Message, name: string): Answer['soa'] {
  const soa = message.authorities.find((record) => record.type === 'SOA' && isBelow(name, record.name));
  if (soa === undefined || soa.type !== 'SOA') return null;
  return { zone: soa.name, negativeTtl: Math.min(soa.ttl, soa.minimum) };
}

/** The CAA records of a message's answer, behind aliases too (RFC 8659 3); null where it says nothing of them. */
export function toCaa(message: Message, name: string): CaaRecord[] | null {
  const { canonical, endless } = followChain(message.answers, name);
  const found = message.answers.flatMap((record) =>
    record.type === 'CAA' && record.name === canonical
      ? [{ critical: record.critical, tag: record.tag, value: record.value }]
      : [],
  );
  if (message.rcode === 0 && !endless && found.length > 0) return found.slice(0, MAX_CAA);
  // That there is none is believed only where the zone says so.
  const denied = (message.rcode === 0 || message.rcode === NXDOMAIN) && soaFor(message, canonical) !== null;
  return denied && !endless ? [] : null;
}

/** Every name is below the root. */
const isBelow = (name: string, zone: string): boolean => zone === '.' || isWithin(name, zone);

/** The name servers that a message gives for the name's zone: its answer, or a referral to a zone on the way. */
export function toNameServers(message: Message, name: string): NameServers | null {
  if (message.rcode !== 0) return null;
  const own = message.answers.filter((record) => record.type === 'NS' && record.name === name);
  const kind = own.length > 0 ? 'answer' : 'referral';
  // Where NS records come along with an answer of another kind, they are no referral.
  if (kind === 'referral' && (message.authoritative || message.answers.length > 0)) return null;
  const first = own[0] ?? message.authorities.find(({ type }) => type === 'NS');
  if (first === undefined || !isBelow(name, first.name)) return null;
  const section = own.length > 0 ? own : message.authorities;
  const names = section.flatMap((record) =>
    record.type === 'NS' && record.name === first.name ? [record.target] : [],
  );
  const along = [...message.additionals, ...message.answers];
  return {
    zone: first.name,
    kind,
    authoritative: message.authoritative,
    servers: [...new Set(names)]
      .sort()
      .slice(0, MAX_SERVERS)
      .map((server) => ({
        name: server,
        addresses: [
          ...new Set(
            along.flatMap((record) =>
              'address' in record && record.name === server ? [record.address] : [],
            ),
          ),
        ].slice(0, MAX_SERVER_ADDRESSES),
      })),
  };
}
