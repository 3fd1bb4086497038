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

/** What a resource can be filtered by; all have their tags besides. */
export type Attributes = Record<string, readonly (string | undefined)[]>;

/** The resources that a Describe call asks for, of one page. Without MaxResults, EC2 answers with all. */
export function described<Item extends Resource>(
  store: Store<Item>,
  { input, ids, call }: { input: DescribeInput; ids: readonly string[] | undefined; call: Call },
  attributes: (item: Item) => Attributes,
): { items: Item[]; next: string | undefined } {
  if (ids !== undefined && ids.length > 0 && input.MaxResults !== undefined) {
    // "You cannot specify this parameter and the … IDs parameter in the same request" (API reference)
    throw refusal.combination('The parameter MaxResults cannot be used with the parameter for IDs');
  }
  const matching = store
    .seen(call, ids)
    .filter((item) => matches(input.Filters ?? [], item, attributes(item)));
  const { items, next } = page(
    matching,
    input.NextToken,
    input.MaxResults ?? Number.MAX_SAFE_INTEGER,
    'InvalidParameterValue',
  );
  return { items, next };
}

/** All filters must match, one value of each; `*` and `?` are wildcards (EC2 user guide, "Filtering"). */
export function matches(
  filters: readonly Filter[],
  { tags }: { tags: Resource['tags'] },
  attributes: Attributes,
): boolean {
  return filters.every(({ Name = '', Values = [] }) => {
    const found = valuesOf(Name, tags, attributes);
    return Values.some((value) => {
      const pattern = value
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.');
      const expression = new RegExp(`^${pattern}$`, 's');
      return found.some((one) => one !== undefined && expression.test(one));
    });
  });
}

function valuesOf(
  name: string,
  tags: Resource['tags'],
  attributes: Attributes,
): readonly (string | undefined)[] {
  if (name === 'tag-key') {
    return tags.map(({ Key }) => Key);
  }
  if (name.startsWith('tag:')) {
    return tags.filter(({ Key }) => `tag:${Key}` === name).map(({ Value }) => Value);
  }
  if (!Object.hasOwn(attributes, name)) {
    throw refusal.unknownFilter(name);
  }
  return attributes[name] ?? [];
}
