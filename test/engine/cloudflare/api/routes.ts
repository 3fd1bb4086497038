import { denial } from '../errors.ts';
import { recordBatch, recordInput, recordPatch } from '../record.ts';
import type { Tunnels } from '../tunnels.ts';
import type { RecordFilter, Zone } from '../zone.ts';
import { demandDns, seesZone, type TokenRights } from './access.ts';
import { page } from './pagination.ts';
import { type ApiAnswer, type ApiRequest, parsed } from './request.ts';
import { tunnelRoute } from './tunnel-routes.ts';

/** Where Cloudflare's edge answers; facts (g). Only what a test reads is here. */
const ips = {
  ipv4_cidrs: ['173.245.48.0/20', '103.21.244.0/22', '104.16.0.0/13', '172.64.0.0/13'],
  ipv6_cidrs: ['2400:cb00::/32', '2606:4700::/32'],
  etag: 'reach4-test',
};

/** The account that all zones are in. */
export const ACCOUNT_ID = '1'.repeat(32);

export function route(request: ApiRequest, zones: readonly Zone[], tunnels: Tunnels): ApiAnswer {
  const [first, second, third, fourth, ...more] = request.path.split('/').filter(Boolean);
  if (first === 'ips' && second === undefined && request.method === 'GET') {
    return { result: ips };
  }
  if (request.path === '/user/tokens/verify' && request.method === 'GET') {
    return verifyToken(request);
  }
  if (request.rights === undefined) {
    throw denial.noAccess();
  }
  if (first === 'zones' && second === undefined) {
    return listZones(request, request.rights, zones);
  }
  if (first === 'accounts') {
    return tunnelRoute(request, request.rights, tunnels);
  }
  const zone = zones.find((one) => one.id === second);
  if (first !== 'zones' || zone === undefined || more.length > 0) {
    throw denial.noRoute(request.path);
  }
  if (third === undefined && request.method === 'GET') {
    if (!seesZone(request.rights, zone)) {
      throw denial.noAccess();
    }
    return { result: zoneView(zone) };
  }
  if (third !== 'dns_records') {
    throw denial.noRoute(request.path);
  }
  demandDns(request.rights, zone, request.method === 'GET' ? 'read' : 'edit');
  return fourth === undefined ? records(request, zone) : oneRecord(request, zone, fourth);
}

function verifyToken(request: ApiRequest): ApiAnswer {
  if (request.rights === undefined) {
    throw denial.unknownToken();
  }
  return { result: { id: '0'.repeat(32), status: 'active' } };
}

function listZones(request: ApiRequest, rights: TokenRights, zones: readonly Zone[]): ApiAnswer {
  const name = request.query.get('name');
  const visible = zones.filter((zone) => seesZone(rights, zone) && (name === null || zone.name === name));
  const shown = page(visible.map(zoneView), request.query, 20);
  return { result: shown.items, page: shown };
}

function records(request: ApiRequest, zone: Zone): ApiAnswer {
  switch (request.method) {
    case 'GET': {
      const shown = page(zone.list(filterOf(request.query)), request.query, 100);
      return { result: shown.items, page: shown };
    }
    case 'POST':
      return { result: zone.create(parsed(recordInput, request.body)), changed: zone };
    default:
      throw denial.noRoute(request.path);
  }
}

function oneRecord(request: ApiRequest, zone: Zone, id: string): ApiAnswer {
  if (id === 'batch' && request.method === 'POST') {
    return { result: zone.batch(parsed(recordBatch, request.body)), changed: zone };
  }
  switch (request.method) {
    case 'GET':
      return { result: zone.get(id) };
    case 'PUT':
      return { result: zone.replace(id, parsed(recordInput, request.body)), changed: zone };
    case 'PATCH':
      return { result: zone.patch(id, parsed(recordPatch, request.body)), changed: zone };
    case 'DELETE':
      return { result: { id: zone.delete(id).id }, changed: zone };
    default:
      throw denial.noRoute(request.path);
  }
}

/** Filters are in dot notation (facts (b)); the older plain ones mean "exact". */
function filterOf(query: URLSearchParams): RecordFilter {
  const proxied = query.get('proxied');
  return {
    name: query.get('name.exact') ?? query.get('name') ?? undefined,
    content: query.get('content.exact') ?? query.get('content') ?? undefined,
    type: query.get('type') ?? undefined,
    proxied: proxied === null ? undefined : proxied === 'true',
  };
}

function zoneView(zone: Zone): Record<string, unknown> {
  return {
    id: zone.id,
    name: zone.name,
    status: zone.status,
    paused: false,
    type: 'full',
    development_mode: 0,
    name_servers: zone.nameServers,
    original_name_servers: [],
    account: { id: ACCOUNT_ID, name: 'reach4 test account' },
    created_on: zone.createdOn,
    modified_on: zone.createdOn,
    activated_on: zone.createdOn,
    permissions: [],
  };
}
