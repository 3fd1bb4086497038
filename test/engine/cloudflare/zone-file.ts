import type { ZoneRecord } from './record.ts';
import { AUTOMATIC_TTL } from './rules.ts';
import type { Zone } from './zone.ts';

export interface ZoneFileOptions {
  serial: number;
  /** Host names of the servers that serve this file. */
  nameServers: readonly string[];
  /** Cloudflare's addresses in this world: what proxied names answer with. Without them they answer with the origin. */
  edge?: Edge | undefined;
  /** Lines that are not Cloudflare's, as they are: addresses of name servers inside the zone, for one. */
  extraLines?: readonly string[] | undefined;
}

export interface Edge {
  ipv4: string[];
  ipv6: string[];
}

/** Seconds; what "automatic" means for names that are not proxied, and what proxied ones answer (Cloudflare's docs). */
const AUTOMATIC_SECONDS = 300;
/** Octets of one string inside a TXT record (RFC 1035, 3.3). */
const TXT_STRING_LIMIT = 255;

/** The zone as a BIND zone file: what resolvers see, not what the API shows. */
export function zoneFile(zone: Zone, options: ZoneFileOptions): string {
  const [primary = `ns.${zone.name}`] = options.nameServers;
  // Refresh, retry and expire are for secondaries, of which there are none; the last is the negative TTL, short so
  // that a test sees a new name at once.
  const soa = `@ 60 IN SOA ${primary}. dns.${zone.name}. ${options.serial} 60 60 86400 1`;
  const lines = [
    `$ORIGIN ${zone.name}.`,
    `$TTL ${AUTOMATIC_SECONDS}`,
    soa,
    ...options.nameServers.map((server) => `@ IN NS ${server}.`),
    ...(options.extraLines ?? []),
    ...recordLines(zone, options.edge),
  ];
  return `${lines.join('\n')}\n`;
}

function recordLines(zone: Zone, edge: Edge | undefined): string[] {
  const records = zone.list();
  if (edge === undefined || zone.status !== 'active') {
    return records.map((record) => recordLine(zone, record));
  }
  // One proxied address makes all addresses of that name proxied (facts (e)).
  const proxied = new Set(records.filter((record) => record.proxied).map((record) => record.name));
  const direct = records.filter((record) => !(proxied.has(record.name) && isAddressLike(record)));
  return [
    ...direct.map((record) => recordLine(zone, record)),
    ...[...proxied].flatMap((name) => [
      ...edge.ipv4.map((address) => `${name}. ${AUTOMATIC_SECONDS} IN A ${address}`),
      ...edge.ipv6.map((address) => `${name}. ${AUTOMATIC_SECONDS} IN AAAA ${address}`),
    ]),
  ];
}

function isAddressLike(record: ZoneRecord): boolean {
  return record.type === 'A' || record.type === 'AAAA' || record.type === 'CNAME';
}

function recordLine(zone: Zone, record: ZoneRecord): string {
  const ttl = record.ttl === AUTOMATIC_TTL ? AUTOMATIC_SECONDS : record.ttl;
  const line = `${record.name}. ${ttl} IN ${record.type} ${data(record)}`;
  // Cloudflare flattens it; no other server may serve it.
  return record.type === 'CNAME' && record.name === zone.name ? `; ${line}` : line;
}

function data(record: ZoneRecord): string {
  switch (record.type) {
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${record.content.replace(/\.$/, '')}.`;
    case 'MX':
      return `${record.priority ?? 10} ${record.content.replace(/\.$/, '')}.`;
    case 'TXT':
      return txtStrings(record.content);
    default:
      return record.content;
  }
}

function txtStrings(content: string): string {
  if (content.startsWith('"')) {
    return content;
  }
  const strings: string[] = [];
  for (let start = 0; start < content.length; start += TXT_STRING_LIMIT) {
    strings.push(content.slice(start, start + TXT_STRING_LIMIT));
  }
  return strings.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(' ');
}
