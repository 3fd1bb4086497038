import { randomBytes } from 'node:crypto';
import type { Tag } from '@aws-sdk/client-ec2';
import type { Call } from '../call.ts';
import { AwsError } from '../errors.ts';
import type { Kind } from './errors.ts';

/** What all resources of EC2 have. */
export interface Resource {
  id: string;
  tags: Tag[];
  /**
   * How many reads still don't see it (EC2 API reference, "Eventual consistency"), and until when that can be: who
   * looks later sees it.
   */
  unseen: { reads: number; until: number };
}

/** Ids of EC2: 17 hexadecimal digits behind the prefix. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`;
}

/** The resources of one type in one region. */
export class Store<Item extends Resource> {
  readonly kind: Kind;
  readonly #items = new Map<string, Item>();

  constructor(kind: Kind) {
    this.kind = kind;
  }

  get all(): Item[] {
    return [...this.#items.values()];
  }

  find(id: string | undefined): Item | undefined {
    return this.#items.get(id ?? '');
  }

  /** For calls that change something: they know a resource from its creation on. */
  get(id: string): Item {
    if (!new RegExp(`^${this.kind.prefix}-[0-9a-f]{8,17}$`).test(id)) {
      throw new AwsError(this.kind.malformed, `Invalid id: "${id}" (expecting "${this.kind.prefix}-...")`);
    }
    const found = this.#items.get(id);
    if (found === undefined) {
      throw this.#notFound(id);
    }
    return found;
  }

  /** For reads: a new resource isn't there yet. */
  seen(call: Call, ids: readonly string[] | undefined): Item[] {
    const wanted = ids === undefined || ids.length === 0 ? this.all : ids.map((id) => this.get(id));
    const now = call.account.schedule.now();
    const visible = wanted.filter(
      (item) => call.behindTheScenes || item.unseen.reads === 0 || now >= item.unseen.until,
    );
    if (!call.behindTheScenes) {
      for (const item of wanted) {
        item.unseen.reads = Math.max(0, item.unseen.reads - 1);
      }
    }
    const [hidden] = wanted.filter((item) => !visible.includes(item));
    if (hidden !== undefined && wanted.length === ids?.length) {
      throw this.#notFound(hidden.id);
    }
    return visible;
  }

  add(item: Item): Item {
    this.#items.set(item.id, item);
    return item;
  }

  delete(item: Item): void {
    this.#items.delete(item.id);
  }

  fill(items: readonly Item[]): void {
    this.#items.clear();
    for (const item of items) {
      this.add(item);
    }
  }

  #notFound(id: string): AwsError {
    return new AwsError(this.kind.notFound, this.kind.message(id));
  }
}
