/**
 * `cloudflare:index/dnsRecord:DnsRecord` with the habits of the real provider: facts/cloudflare.md (a) to (c). It is
 * meant to be no kinder: what drifts there must drift here.
 */
import { type Change, type Properties, UNKNOWN } from '../../provider/messages.ts';
import type { ZoneRecord } from '../record.ts';
import { ApiError, type CloudflareClient } from './client.ts';
import { absent, type ResourceKind } from './resource.ts';

const REQUIRED = ['zoneId', 'name', 'type', 'ttl'] as const;
/** What a program may set. */
const INPUTS = [
  'zoneId',
  'name',
  'type',
  'content',
  'ttl',
  'proxied',
  'comment',
  'priority',
  'tags',
  'settings',
] as const;
/** A change of these is a new record: the `type` by [run], the zone because it is part of the path. */
const REPLACES: readonly string[] = ['type', 'zoneId'];
/** If the program does not set these, whatever the API says is fine (facts (c): clean without tags and settings). */
const COMPUTED: readonly string[] = ['tags', 'settings', 'priority'];

/** Compares the state with the program's inputs, text by text: the provider knows no other spelling of a value. */
function changes(state: Properties, inputs: Properties): Change[] {
  return INPUTS.flatMap((property) => {
    const old = state[property] ?? undefined;
    const wanted = inputs[property] ?? (property === 'proxied' ? false : undefined);
    if (same(property, old, wanted)) {
      return [];
    }
    const kind = old === undefined ? 'add' : wanted === undefined ? 'delete' : 'update';
    return [{ property, kind, replaces: REPLACES.includes(property) } satisfies Change];
  });
}

function same(property: string, old: unknown, wanted: unknown): boolean {
  if (wanted === undefined && COMPUTED.includes(property)) {
    return true;
  }
  // Relative names are let pass by guess; the provider does not know the zone's name (facts (c)).
  if (property === 'name' && typeof old === 'string' && typeof wanted === 'string') {
    return old === wanted || old.startsWith(`${wanted}.`);
  }
  return JSON.stringify(old) === JSON.stringify(wanted);
}

async function create(
  client: CloudflareClient,
  inputs: Properties,
): Promise<{ id: string; state: Properties }> {
  if (inputs.proxied === true && inputs.ttl !== 1) {
    // Only here, neither in a preview nor in an update (facts (c)).
    throw new Error(
      'ttl must be set to 1 when `proxied` is true: When a DNS record is marked as `proxied` the TTL must be 1 ' +
        'as Cloudflare will control the TTL internally.',
    );
  }
  const { name, type, content, ttl, comment, priority, tags, settings, proxied = false } = inputs;
  const body = { content, name, proxied, ttl, type, comment, priority, tags, settings };
  const record = await client.request<ZoneRecord>('POST', recordsPath(inputs), body);
  return { id: record.id, state: stateOf(inputs.zoneId, record) };
}

/** What a preview of `create` shows: the inputs, and nothing that only Cloudflare can know. */
function planned(inputs: Properties): Properties {
  const unknown = ['createdOn', 'modifiedOn', 'commentModifiedOn', 'tagsModifiedOn', 'meta', 'proxiable'];
  return {
    proxied: false,
    tags: UNKNOWN,
    settings: UNKNOWN,
    ...Object.fromEntries(unknown.map((name) => [name, UNKNOWN])),
    ...inputs,
  };
}

/** `PUT` with the full body; a comment that the program no longer has is sent as null (facts (b) 5). */
async function update(
  client: CloudflareClient,
  id: string,
  old: Properties,
  inputs: Properties,
): Promise<Properties> {
  const { name, type, content, ttl, comment, priority, proxied = false } = inputs;
  const tags = inputs.tags ?? old.tags ?? [];
  const settings = inputs.settings ?? old.settings ?? {};
  const noComment = old.comment === undefined ? undefined : null;
  const body = { content, name, proxied, settings, tags, ttl, type, priority, comment: comment ?? noComment };
  const record = await client.request<ZoneRecord>('PUT', `${recordsPath(inputs)}/${id}`, body);
  return stateOf(inputs.zoneId, record);
}

/** Undefined if the record is gone. */
async function read(client: CloudflareClient, zoneId: unknown, id: string): Promise<Properties | undefined> {
  try {
    return stateOf(zoneId, await client.request<ZoneRecord>('GET', `${recordsPath({ zoneId })}/${id}`));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/** A record that is gone already is an error here, as in the real provider (facts (b) 6). */
async function remove(client: CloudflareClient, id: string, state: Properties): Promise<void> {
  await client.request('DELETE', `${recordsPath(state)}/${id}`);
}

export function stateOf(zoneId: unknown, record: ZoneRecord): Properties {
  const state: Properties = {
    zoneId,
    name: record.name,
    type: record.type,
    content: record.content,
    ttl: record.ttl,
    proxied: record.proxied,
    comment: record.comment ?? undefined,
    priority: record.priority,
    tags: record.tags,
    settings: record.settings,
    proxiable: record.proxiable,
    meta: JSON.stringify(record.meta),
    createdOn: record.created_on,
    modifiedOn: record.modified_on,
    commentModifiedOn: record.comment_modified_on,
  };
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}

function recordsPath(properties: Properties): string {
  return `/zones/${properties.zoneId}/dns_records`;
}

export const dnsRecord: ResourceKind = {
  owner: 'zoneId',
  importForm: '<zone_id>/<dns_record_id>',
  inputs: INPUTS,
  unknownAfterUpdate: ['modifiedOn'],
  missing: (inputs) => absent(inputs, REQUIRED),
  changes,
  create,
  planned,
  update,
  read,
  remove,
};
