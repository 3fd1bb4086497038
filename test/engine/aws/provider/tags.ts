import { type Properties, UNKNOWN } from '../../provider/messages.ts';
import type { ResourceData } from './bridge/data.ts';
import { tagsIn } from './bridge/data.ts';
import type { Property, Schema, Tags } from './bridge/schema.ts';
import type { Cloud } from './cloud.ts';

/** Of every resource that can be tagged. */
export const tagged = {
  tags: { type: 'map', optional: true },
  tagsAll: { type: 'map', optional: true, computed: true },
} as const satisfies Record<string, Property>;

/** Of every resource of a region: the region is put in from the provider's (provider/region.go of pulumi/pulumi-aws). */
export const regional = {
  region: { type: 'string', optional: true, computed: true, forceNew: true },
} as const satisfies Record<string, Property>;

/**
 * What the provider puts into the inputs before it looks at them: the region, and the program's tags together with the
 * default ones (provider/tags.go, `applyTags`).
 */
export function completed(schema: Schema, inputs: Properties, region: string, defaults: Tags): Properties {
  const withRegion =
    schema.region !== undefined && inputs.region === undefined ? { ...inputs, region } : inputs;
  if (schema.tagsAll === undefined) {
    return withRegion;
  }
  const { tags } = inputs;
  const unknown = tags === UNKNOWN || Object.values(tagsIn(tags)).includes(UNKNOWN);
  return { ...withRegion, tagsAll: unknown ? UNKNOWN : { ...defaults, ...tagsIn(tags) } };
}

/** What `read` writes of the tags: those that are the provider's default ones are not the program's. */
export function tagState(cloud: Cloud, data: ResourceData, all: Tags): Properties {
  // Tags of AWS's own are never shown (internal/tags/key_value_tags.go, `IgnoreAWS`).
  const shown = Object.entries(all).filter(([key]) => !key.startsWith('aws:'));
  const own = tagsIn(data.get('tags'));
  const tags = shown.filter(([key, value]) => cloud.defaultTags[key] !== value || own[key] === value);
  return { tags: Object.fromEntries(tags), tagsAll: Object.fromEntries(shown) };
}

/** AWS's lists of keys and values, whatever their case. */
export function tagsFrom(
  list: readonly Partial<Record<'key' | 'value' | 'Key' | 'Value', string | undefined>>[] = [],
): Tags {
  return Object.fromEntries(
    list.map(({ key, value, Key, Value }) => [key ?? Key ?? '', value ?? Value ?? '']),
  );
}
