import type { Properties } from '../../provider/messages.ts';
import type { ZoneRecord } from '../record.ts';
import type { CloudflareClient } from './client.ts';
import { stateOf } from './dns-record.ts';

type ProviderFunction = (client: CloudflareClient, args: Properties) => Promise<Properties>;

/** The data sources that reach4 may use, by their token. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
  'cloudflare:index/getZone:getZone': getZone,
  'cloudflare:index/getZones:getZones': getZones,
  'cloudflare:index/getDnsRecords:getDnsRecords': getDnsRecords,
};

interface ApiZone {
  id: string;
  name: string;
  status: string;
  type: string;
  paused: boolean;
  name_servers: string[];
  account: { id: string; name: string };
}

/** By `zoneId`, or by `filter` and then again by the id that it found (facts (b) 1). */
async function getZone(client: CloudflareClient, args: Properties): Promise<Properties> {
  const filter = args.filter as { name?: string } | undefined;
  if ((args.zoneId === undefined) === (filter === undefined)) {
    throw new Error('getZone: exactly one of `zoneId` and `filter` must be set');
  }
  let id = args.zoneId;
  if (filter !== undefined) {
    const found = await client.list<ApiZone>(
      '/zones',
      filter.name === undefined ? {} : { name: filter.name },
    );
    if (found.length !== 1) {
      throw new Error(`failed to find exactly one result: ${found.length} found`);
    }
    id = found[0]?.id;
  }
  const zone = await client.request<ApiZone>('GET', `/zones/${id}`);
  return { ...zoneProperties(zone), zoneId: zone.id, ...(filter === undefined ? {} : { filter }) };
}

async function getZones(client: CloudflareClient, args: Properties): Promise<Properties> {
  const query = typeof args.name === 'string' ? { name: args.name } : {};
  const zones = await client.list<ApiZone>('/zones', query, maxItems(args));
  return { ...args, match: args.match ?? 'all', results: zones.map(zoneProperties) };
}

async function getDnsRecords(client: CloudflareClient, args: Properties): Promise<Properties> {
  const query: Record<string, string> = {};
  for (const filter of ['name', 'content'] as const) {
    const exact = (args[filter] as { exact?: string } | undefined)?.exact;
    if (exact !== undefined) {
      query[`${filter}.exact`] = exact;
    }
  }
  if (typeof args.type === 'string') {
    query.type = args.type;
  }
  if (typeof args.proxied === 'boolean') {
    query.proxied = String(args.proxied);
  }
  const records = await client.list<ZoneRecord>(`/zones/${args.zoneId}/dns_records`, query, maxItems(args));
  const results = records.map((record) => ({ ...stateOf(undefined, record), id: record.id }));
  return { direction: 'asc', match: 'all', order: 'type', proxied: false, tagMatch: 'all', ...args, results };
}

function maxItems(args: Properties): number | undefined {
  return typeof args.maxItems === 'number' ? args.maxItems : undefined;
}

function zoneProperties(zone: ApiZone): Properties {
  return {
    id: zone.id,
    name: zone.name,
    status: zone.status,
    type: zone.type,
    paused: zone.paused,
    nameServers: zone.name_servers,
    account: zone.account,
  };
}
