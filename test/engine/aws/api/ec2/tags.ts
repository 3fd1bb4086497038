import {
  CreateTags$,
  type CreateTagsRequest,
  DeleteTags$,
  type DeleteTagsRequest,
  DescribeTags$,
  type DescribeTagsRequest,
  type DescribeTagsResult,
  type Tag,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Call } from '../call.ts';
import { page } from '../paging.ts';
import { operation } from '../wire/operation.ts';
import { filtered } from './describe.ts';
import { type Kind, refusal } from './errors.ts';
import type { Ec2 } from './state.ts';
import type { Resource, Store } from './store.ts';

/** Tags a resource may have (EC2 user guide, "Tag restrictions"). */
const TAG_LIMIT = 50;

/** The tags that a call gives to what it makes. Whoever gives some must be allowed to tag, too (EC2 user guide). */
export function tagsFor(
  kind: Kind,
  specifications: readonly TagSpecification[] | undefined,
  call: Call,
  /** Other types that the same call makes. */
  also: readonly Kind[] = [],
): Tag[] {
  const given = specifications ?? [];
  for (const { ResourceType: type } of given) {
    if (![kind, ...also].some((one) => one.type === type)) {
      throw refusal.invalidValue(`'${type}' is not a valid taggable resource type for this operation.`);
    }
  }
  const tags = given.filter((one) => one.ResourceType === kind.type).flatMap((one) => one.Tags ?? []);
  if (given.some((one) => (one.Tags ?? []).length > 0)) {
    call.demand('ec2:CreateTags');
  }
  return merged([], tags);
}

export const tagOperations = [
  operation<CreateTagsRequest, object>(CreateTags$, ({ Resources, Tags }, { region: { ec2 } }) => {
    const resources = Resources.map((id) => taggable(ec2, id));
    for (const resource of resources) {
      resource.tags = merged(resource.tags, Tags);
    }
    return {};
  }),
  operation<DeleteTagsRequest, object>(DeleteTags$, ({ Resources, Tags }, { region: { ec2 } }) => {
    const resources = Resources.map((id) => taggable(ec2, id));
    for (const resource of resources) {
      // Without a value whatever the value is; without tags all (API reference).
      resource.tags = resource.tags.filter(
        (tag) =>
          Tags !== undefined &&
          !Tags.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value)),
      );
    }
    return {};
  }),
  operation<DescribeTagsRequest, DescribeTagsResult>(DescribeTags$, (input, { region: { ec2 } }) => {
    const all = ec2.stores.flatMap((store) =>
      store.all.flatMap(({ id, tags }) =>
        tags.map((tag) => ({ ...tag, ResourceId: id, ResourceType: store.kind.type as never })),
      ),
    );
    const matching = filtered(
      all,
      input.Filters,
      {
        key: ({ Key }) => [Key],
        value: ({ Value }) => [Value],
        'resource-id': ({ ResourceId }) => [ResourceId],
        'resource-type': ({ ResourceType }) => [ResourceType],
      },
      ({ Key, Value }) => [{ Key, Value }],
    );
    const { items, next } = page(
      matching,
      input.NextToken,
      input.MaxResults ?? Number.MAX_SAFE_INTEGER,
      'InvalidParameterValue',
    );
    return { Tags: items, NextToken: next };
  }),
];

function merged(old: readonly Tag[], added: readonly Tag[]): Tag[] {
  const tags = new Map(old.map(({ Key = '', Value = '' }) => [Key, Value]));
  for (const { Key = '', Value = '' } of added) {
    if (/^aws:/i.test(Key)) {
      throw refusal.reservedTag(Key);
    }
    tags.set(Key, Value);
  }
  if (tags.size > TAG_LIMIT) {
    throw refusal.tooManyTags();
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

function taggable(ec2: Ec2, id: string): Resource {
  const store: Store<Resource> | undefined = ec2.stores.find(({ kind }) => id.startsWith(`${kind.prefix}-`));
  if (store === undefined) {
    throw refusal.untaggable(id);
  }
  return store.get(id);
}
