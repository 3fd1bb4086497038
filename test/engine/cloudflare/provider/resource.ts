import type { Change, Properties } from '../../provider/messages.ts';
import type { CloudflareClient } from './client.ts';

/** A kind of resource with the habits of the real provider. */
export interface ResourceKind {
  /** Inputs that a program must give, and hasn't. */
  missing(inputs: Properties): string[];
  /** What else is wrong with the inputs, a sentence each. */
  wrong?(inputs: Properties): string[];
  changes(state: Properties, inputs: Properties): Change[];
  create(client: CloudflareClient, inputs: Properties): Promise<{ id: string; state: Properties }>;
  /** What a preview of `create` shows. */
  planned(inputs: Properties): Properties;
  update(client: CloudflareClient, id: string, old: Properties, inputs: Properties): Promise<Properties>;
  /** Properties that a preview of `update` can't know. */
  readonly unknownAfterUpdate: readonly string[];
  /** Undefined if it is gone. @param owner the zone or account that it is in. @param old the state; empty for an import */
  read(
    client: CloudflareClient,
    owner: unknown,
    id: string,
    old: Properties,
  ): Promise<Properties | undefined>;
  remove(client: CloudflareClient, id: string, state: Properties): Promise<void>;
  /** The property that holds the zone or account, the first part of an import's ID. */
  readonly owner: 'zoneId' | 'accountId';
  /** What an import's ID looks like, in the provider's words. */
  readonly importForm: string;
  /** What a program may set. */
  readonly inputs: readonly string[];
}

/** `<owner>/<id>`, the ID of an import; undefined if it is an id alone. */
export function importId(id: string): { owner: string; id: string } | undefined {
  const [owner, own, ...more] = id.split('/');
  return owner && own && more.length === 0 ? { owner, id: own } : undefined;
}

/**
 * The inputs that would have led to this state: those that the program had, with today's values; for an import, where
 * there was no program, all that are not empty.
 */
export function inputsOf(kind: ResourceKind, state: Properties, oldInputs: Properties): Properties {
  const had = Object.keys(oldInputs);
  const names = had.length > 0 ? kind.inputs.filter((name) => had.includes(name)) : kind.inputs;
  const values = names.map((name) => [name, state[name]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Without what the API left out. */
export const defined = (state: Properties): Properties =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined && value !== null));

export const absent = (inputs: Properties, required: readonly string[]): string[] =>
  required.filter((name) => inputs[name] === undefined || inputs[name] === null);

/** How one property differs; none if it doesn't. */
export function change(property: string, old: unknown, wanted: unknown, replaces: boolean): Change[] {
  if (canonical(old) === canonical(wanted)) {
    return [];
  }
  const kind = old === undefined ? 'add' : wanted === undefined ? 'delete' : 'update';
  return [{ property, kind, replaces }];
}

/** The engine changes the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
