import { type Properties, UNKNOWN } from '../../../provider/messages.ts';
import { equal, isElements, isObject, type Schema, type Tags } from './schema.ts';

export interface DataOptions {
  id: string;
  schema: Schema;
  /** Empty before a create. */
  prior: Properties;
  /** Undefined if nothing is applied: in a refresh and in a delete. */
  planned?: Properties;
}

/** One resource while it is created, read, changed or deleted: `schema.ResourceData` of Terraform's plugin SDK. */
export class ResourceData {
  /** Empty: there is none, or no longer. */
  id: string;
  /** In a create, and in the read at its end. */
  readonly isNew: boolean;
  readonly #schema: Schema;
  readonly #prior: Properties;
  /** With what is not known. */
  readonly #raw: Properties | undefined;
  readonly #planned: Properties;
  readonly #read: Properties = {};

  constructor({ id, schema, prior, planned }: DataOptions) {
    this.id = id;
    this.isNew = id === '';
    this.#schema = schema;
    this.#prior = prior;
    this.#raw = planned;
    this.#planned = known(planned ?? prior) as Properties;
  }

  /** What there is now to be written into the state. */
  set(values: Properties): void {
    const unknown = Object.keys(values).find((name) => !Object.hasOwn(this.#schema, name));
    if (unknown !== undefined) {
      throw new Error(`the stand-in's schema has no property "${unknown}"`);
    }
    Object.assign(this.#read, values);
  }

  /** The resource is not there (any more): it leaves the state. */
  gone(): void {
    this.id = '';
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): unknown {
    return name in this.#read ? this.#read[name] : this.#planned[name];
  }

  before(name: string): unknown {
    return this.#prior[name];
  }

  changed(...names: string[]): boolean {
    return names.some((name) => !equal(this.#prior[name], this.#planned[name]));
  }

  text(name: string): string {
    const value = this.maybeText(name);
    if (value === undefined) {
      throw new Error(`"${name}" has no value`);
    }
    return value;
  }

  maybeText(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  maybeNumber(name: string): number | undefined {
    const value = this.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  maybeFlag(name: string): boolean | undefined {
    const value = this.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.get(name) === true;
  }

  texts(name: string): string[] {
    return textsIn(this.get(name));
  }

  block(name: string): Properties | undefined {
    const value = this.get(name);
    return isObject(value) ? value : undefined;
  }

  blocks(name: string): Properties[] {
    return elementsIn(this.get(name));
  }

  /** Those of the program together with the provider's default ones. */
  get tags(): Tags {
    return tagsIn(this.get('tagsAll'));
  }

  state(): Properties {
    const all = Object.entries({ ...this.#planned, ...this.#read }).map(([name, value]) => [
      name,
      this.#normal(name, value),
    ]);
    return Object.fromEntries(all.filter(([, value]) => value !== undefined && value !== null));
  }

  /**
   * A wholly known set stays as the program has it, and of "empty" and "not there" the planned one counts
   * (`normalizeNullValues` in grpc_provider.go). Only where something is applied: a refresh has nothing planned.
   */
  #normal(name: string, value: unknown): unknown {
    const planned = this.#raw?.[name];
    if (this.#raw === undefined || !(name in this.#read)) {
      return value;
    }
    if (this.#schema[name]?.type === 'set' && planned !== undefined && isKnown(planned)) {
      return planned;
    }
    const collection = Array.isArray(value) || isObject(value) || value === undefined;
    const empty = (one: unknown) => one === undefined || (typeof one === 'object' && isEmpty(one));
    return collection && empty(value) && empty(planned) ? planned : value;
  }
}

function isKnown(value: unknown): boolean {
  return value !== UNKNOWN && equal(value, known(value));
}

function isEmpty(value: object | null): boolean {
  return value === null || Object.keys(value).length === 0;
}

/** Without what is not known. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((one) => one !== UNKNOWN).map(known);
  }
  if (isObject(value)) {
    const entries = Object.entries(value).filter(([, one]) => one !== UNKNOWN);
    return Object.fromEntries(entries.map(([name, one]) => [name, known(one)]));
  }
  return value;
}

export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function elementsIn(value: unknown): Properties[] {
  return isElements(value) ? value : [];
}

/** What has to be taken away and what has to be written, for tags to become others. */
export function tagChanges(before: Tags, after: Tags): { removed: string[]; updated: Tags } {
  return {
    removed: Object.keys(before).filter((key) => !(key in after)),
    updated: Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value)),
  };
}

export function tagsIn(value: unknown): Tags {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
