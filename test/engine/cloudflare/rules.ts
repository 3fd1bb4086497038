import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { refusal } from './errors.ts';
import { type RecordInput, type RecordType, recordTypes, type ZoneRecord } from './record.ts';

/** What the client decides of a record, checked and in Cloudflare's form. */
export type Settled = Pick<
  ZoneRecord,
  'name' | 'type' | 'content' | 'ttl' | 'proxied' | 'proxiable' | 'comment' | 'tags' | 'settings'
> & { priority?: number };

/** "Automatic" as a TTL; the only one that a proxied record can have. */
export const AUTOMATIC_TTL = 1;
/** Seconds, of a zone that is not Enterprise (error 9021). */
const TTL_RANGE_SECONDS = { from: 60, to: 86_400 };
/** Characters, on the Free plan; paid plans take 500 (Cloudflare's docs, "Record attributes"). */
const COMMENT_LIMIT = 100;
/** Octets of a name in text form without its last dot (RFC 1035, 2.3.4). */
const NAME_LIMIT = 253;
/** A label; an underscore anywhere, since record names need not be host names. `*` only as the first label. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Applies all the rules of one record by itself; rules between records are the zone's. */
export function settle(zone: string, input: RecordInput): Settled {
  const type = knownType(input.type);
  const name = fullName(zone, input.name);
  const content = validContent(zone, type, input.content);
  const ttl = validTtl(input.ttl ?? AUTOMATIC_TTL);
  const comment = validComment(input.comment);
  const proxied = input.proxied ?? false;
  const proxiable = canBeProxied(type, content);
  if (proxied && !proxiable) {
    throw hasAddressOrHost(type) ? refusal.targetNotProxiable(content) : refusal.typeNotProxiable();
  }
  return {
    name,
    type,
    content,
    // A proxied record's TTL is Cloudflare's business: it is accepted and answered as automatic.
    ttl: proxied ? AUTOMATIC_TTL : ttl,
    proxied,
    proxiable,
    comment,
    tags: input.tags ?? [],
    settings: input.settings ?? {},
    ...(typeof input.priority === 'number' ? { priority: input.priority } : {}),
  };
}

/**
 * Lower case, no dot at the end, completed with the zone if it is `@` or one label. Stricter than Cloudflare, which
 * completes `www.example.org` in the zone `example.com` too, to a name that nobody meant; here that is refused.
 */
export function fullName(zone: string, given: string): string {
  const name = given.toLowerCase().replace(/\.$/, '');
  const full = completed(zone, name, given.endsWith('.'));
  const labels = full.split('.');
  const valid = labels.every((label, index) => LABEL.test(label) || (label === '*' && index === 0));
  if (!valid || full.length > NAME_LIMIT) {
    throw refusal.nameInvalid(given);
  }
  return full;
}

function completed(zone: string, name: string, absolute: boolean): string {
  if (name === zone || name.endsWith(`.${zone}`)) {
    return name;
  }
  if (name === '@') {
    return zone;
  }
  if (name === '' || absolute || name.includes('.')) {
    throw refusal.nameInvalid(name);
  }
  return `${name}.${zone}`;
}

function knownType(type: string): RecordType {
  const known = recordTypes.find((candidate) => candidate === type.toUpperCase());
  if (known === undefined) {
    throw refusal.typeUnknown(type);
  }
  return known;
}

function validContent(zone: string, type: RecordType, content: string | undefined): string {
  if (content === undefined || content === '') {
    throw refusal.contentMissing(type);
  }
  switch (type) {
    case 'A':
      if (!isIPv4(content)) {
        throw refusal.notIpv4();
      }
      return content;
    case 'AAAA':
      if (!isIPv6(content) || content.includes('%')) {
        throw refusal.notIpv6();
      }
      // Answered in the canonical form, so that other spellings drift (facts (c)).
      return ipaddr.IPv6.parse(content).toRFC5952String();
    case 'CNAME':
      return hostName(zone, content);
    default:
      return content;
  }
}

function hostName(zone: string, content: string): string {
  if (content === '@') {
    return zone;
  }
  const name = content.toLowerCase().replace(/\.$/, '');
  const valid = name.length <= NAME_LIMIT && name.split('.').every((label) => LABEL.test(label));
  // Cloudflare takes no address here (stephenou/fruitionsite#79).
  if (!valid || isIPv4(name)) {
    throw refusal.notHostName();
  }
  return name;
}

function validTtl(ttl: number): number {
  const inRange = ttl >= TTL_RANGE_SECONDS.from && ttl <= TTL_RANGE_SECONDS.to;
  if (!Number.isInteger(ttl) || (ttl !== AUTOMATIC_TTL && !inRange)) {
    throw refusal.ttl();
  }
  return ttl;
}

function validComment(comment: string | null | undefined): string | null {
  if (comment === undefined || comment === null || comment === '') {
    return null;
  }
  if ([...comment].length > COMMENT_LIMIT) {
    throw refusal.comment(COMMENT_LIMIT);
  }
  return comment;
}

function hasAddressOrHost(type: RecordType): boolean {
  return type === 'A' || type === 'AAAA' || type === 'CNAME';
}

/**
 * Addresses that no Cloudflare edge could reach. The documentation ranges are not among them: Cloudflare's own docs
 * use 192.0.2.0 and 100:: as targets of proxied names without an origin.
 */
const UNREACHABLE_RANGES: readonly string[] = [
  'private',
  'uniqueLocal',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
  'unspecified',
  'multicast',
  'broadcast',
];

function canBeProxied(type: RecordType, content: string): boolean {
  if (type === 'A' || type === 'AAAA') {
    return !UNREACHABLE_RANGES.includes(ipaddr.process(content).range());
  }
  return type === 'CNAME';
}
