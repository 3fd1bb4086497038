import { randomBytes } from 'node:crypto';
import { refusal } from './errors.ts';
import type { BatchResult, RecordBatch, RecordInput, RecordPatch, RecordType, ZoneRecord } from './record.ts';
import { fullName, settle } from './rules.ts';

export interface ZoneOptions {
  /** `example.org` */
  name: string;
  /** 32 hexadecimal digits; random if not given */
  id?: string;
  /** Proxied records only answer with Cloudflare's addresses while the zone is active (facts (e)). */
  status?: 'active' | 'pending';
  nameServers?: string[];
  records?: RecordInput[];
  /** Which of its two wordings the zone uses for an identical record. */
  identicalError?: 81057 | 81058;
  now?: () => Date;
}

export interface RecordFilter {
  name?: string | undefined;
  type?: string | undefined;
  content?: string | undefined;
  proxied?: boolean | undefined;
}

/** One DNS zone with Cloudflare's rules, and nothing of HTTP. Names in, refusals thrown as `CloudflareError`. */
export class Zone {
  readonly id: string;
  readonly name: string;
  readonly nameServers: readonly string[];
  status: 'active' | 'pending';
  readonly createdOn: string;
  #records = new Map<string, ZoneRecord>();
  readonly #identicalError: 81057 | 81058;
  readonly #now: () => Date;

  constructor(options: ZoneOptions) {
    this.#now = options.now ?? (() => new Date());
    this.id = options.id ?? newId();
    this.name = options.name.toLowerCase().replace(/\.$/, '');
    this.status = options.status ?? 'active';
    this.nameServers = options.nameServers ?? ['ada.ns.cloudflare.com', 'bob.ns.cloudflare.com'];
    this.createdOn = this.#now().toISOString();
    this.#identicalError = options.identicalError ?? 81058;
    for (const record of options.records ?? []) {
      this.create(record);
    }
  }

  create(input: RecordInput): ZoneRecord {
    const settled = settle(this.name, input);
    this.#refuseConflict(settled.name, settled.type, settled.content);
    const now = this.#now().toISOString();
    const record: ZoneRecord = {
      id: newId(),
      ...settled,
      meta: {},
      created_on: now,
      modified_on: now,
      ...(settled.comment === null ? {} : { comment_modified_on: now }),
    };
    this.#records.set(record.id, record);
    return structuredClone(record);
  }

  get(id: string): ZoneRecord {
    return structuredClone(this.#stored(id));
  }

  list(filter: RecordFilter = {}): ZoneRecord[] {
    const name = filter.name?.toLowerCase().replace(/\.$/, '');
    const matching = [...this.#records.values()].filter(
      (record) =>
        (name === undefined || record.name === name) &&
        (filter.type === undefined || record.type === filter.type) &&
        (filter.content === undefined || record.content === filter.content) &&
        (filter.proxied === undefined || record.proxied === filter.proxied),
    );
    return structuredClone(matching);
  }

  /** `PUT`: what the input leaves out is reset; a comment, for one, is cleared (facts (c)). */
  replace(id: string, input: RecordInput): ZoneRecord {
    const old = this.#stored(id);
    const settled = settle(this.name, input);
    this.#refuseConflict(settled.name, settled.type, settled.content, id);
    const now = this.#now().toISOString();
    const { comment_modified_on: commentModifiedOn, ...kept } = old;
    const commentChanged = settled.comment !== old.comment;
    const modifiedOn = commentChanged ? now : commentModifiedOn;
    const record: ZoneRecord = {
      id,
      ...settled,
      meta: kept.meta,
      created_on: kept.created_on,
      modified_on: now,
      ...(modifiedOn === undefined ? {} : { comment_modified_on: modifiedOn }),
    };
    this.#records.set(id, record);
    return structuredClone(record);
  }

  /** `PATCH`: what the patch leaves out stays. */
  patch(id: string, patch: RecordPatch): ZoneRecord {
    const { name, type, content, ttl, proxied, comment, tags, settings, priority } = this.#stored(id);
    const old = { name, type, content, ttl, proxied, comment, tags, settings, priority };
    const given = Object.entries(patch).filter(([, value]) => value !== undefined);
    return this.replace(id, { ...old, ...Object.fromEntries(given) });
  }

  delete(id: string): ZoneRecord {
    const record = this.#stored(id);
    this.#records.delete(id);
    return record;
  }

  /** All or nothing, in Cloudflare's order: deletes, patches, puts, posts (facts (c)). */
  batch(batch: RecordBatch): BatchResult {
    const before = new Map(this.#records);
    try {
      const deletes = batch.deletes.map(({ id }) => this.delete(id));
      const patches = batch.patches.map(({ id, ...patch }) => this.patch(id, patch));
      const puts = batch.puts.map(({ id, ...input }) => this.replace(id, input));
      const posts = batch.posts.map((input) => this.create(input));
      return { deletes, patches, puts, posts };
    } catch (error) {
      this.#records = before;
      throw error;
    }
  }

  /** All records as they are, to be loaded again. */
  save(): ZoneRecord[] {
    return this.list();
  }

  load(records: readonly ZoneRecord[]): void {
    this.#records = new Map(structuredClone(records).map((record) => [record.id, record]));
  }

  /** The full name of a name given relative to the zone. */
  fullName(name: string): string {
    return fullName(this.name, name);
  }

  #stored(id: string): ZoneRecord {
    const record = this.#records.get(id);
    if (record === undefined) {
      throw refusal.noSuchRecord();
    }
    return record;
  }

  /** The rules between records of one name; two A records with different addresses are no conflict. */
  #refuseConflict(name: string, type: RecordType, content: string, except?: string): void {
    const others = [...this.#records.values()].filter(
      (record) => record.name === name && record.id !== except,
    );
    if (others.some((other) => other.type === type && other.content === content)) {
      throw this.#identicalError === 81057 ? refusal.recordExists() : refusal.identicalExists();
    }
    const taken = (types: RecordType[]) => others.some((other) => types.includes(other.type));
    if (type === 'CNAME' && taken(['A', 'AAAA', 'CNAME'])) {
      throw refusal.hostTaken();
    }
    if ((type === 'A' || type === 'AAAA') && taken(['CNAME'])) {
      throw refusal.cnameTaken();
    }
  }
}

/** Cloudflare's ids: 16 bytes in hexadecimal. */
function newId(): string {
  return randomBytes(16).toString('hex');
}
