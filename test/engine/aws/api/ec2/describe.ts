import type { Filter } from '@aws-sdk/client-ec2';
import type { Call } from '../call.ts';
import { page } from '../paging.ts';
import { refusal } from './errors.ts';
import type { Resource, Store } from './store.ts';

interface DescribeInput {
  Filters?: Filter[] | undefined;
  NextToken?: string | undefined;
  MaxResults?: number | undefined;
}

/** What resources can be filtered by; by their tags besides. */
export type Filterable<Item> = Record<string, (item: Item) => readonly (string | undefined)[]>;

/** The resources that a Describe call asks for, of one page. Without MaxResults, EC2 answers with all. */
export function described<Item extends Resource>(
  store: Store<Item>,
  { input, ids, call }: { input: DescribeInput; ids: readonly string[] | undefined; call: Call },
  by: Filterable<Item>,
): { items: Item[]; next: string | undefined } {
  if (ids !== undefined && ids.length > 0 && input.MaxResults !== undefined) {
    // "You cannot specify this parameter and the … IDs parameter in the same request" (API reference)
    throw refusal.combination('The parameter MaxResults cannot be used with the parameter for IDs');
  }
  const matching = filtered(store.seen(call, ids), input.Filters, by, ({ tags }) => tags);
  const { items, next } = page(
    matching,
    input.NextToken,
    input.MaxResults ?? Number.MAX_SAFE_INTEGER,
    'InvalidParameterValue',
  );
  return { items, next };
}

/** All filters must match, one value of each; `*` and `?` are wildcards (EC2 user guide, "Filtering"). */
export function filtered<Item>(
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  by: Filterable<Item>,
  tagsOf: (item: Item) => Resource['tags'] = () => [],
): Item[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const valuesOf = reader(Name, by, tagsOf);
    const expressions = Values.map((value) => {
      const pattern = value
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.');
      return new RegExp(`^${pattern}$`, 's');
    });
    return (item: Item) =>
      valuesOf(item).some((value) => value !== undefined && expressions.some((one) => one.test(value)));
  });
  return items.filter((item) => tests.every((test) => test(item)));
}

function reader<Item>(
  name: string,
  by: Filterable<Item>,
  tagsOf: (item: Item) => Resource['tags'],
): Filterable<Item>[string] {
  if (name === 'tag-key') {
    return (item) => tagsOf(item).map(({ Key }) => Key);
  }
  if (name.startsWith('tag:')) {
    return (item) =>
      tagsOf(item)
        .filter(({ Key }) => `tag:${Key}` === name)
        .map(({ Value }) => Value);
  }
  const known = Object.hasOwn(by, name) ? by[name] : undefined;
  if (known === undefined) {
    throw refusal.unknownFilter(name);
  }
  return known;
}
