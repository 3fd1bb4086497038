import type { NormalizedSchema } from '@smithy/core/schema';

/** A structure's members as XML elements, named and nested as the service's model says. */
export function xmlMembers(shape: NormalizedSchema, value: object): string {
  return [...shape.structIterator()]
    .map(([name, member]) => {
      const given = (value as Record<string, unknown>)[name];
      return given == null ? '' : element(member, member.getMergedTraits().xmlName ?? name, given);
    })
    .join('');
}

export function tag(name: string, content: string, attributes = ''): string {
  return `<${name}${attributes}>${content}</${name}>`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function element(shape: NormalizedSchema, name: string, value: unknown): string {
  if (shape.isListSchema()) {
    const item = shape.getValueSchema();
    const values = value as unknown[];
    if (shape.getMergedTraits().xmlFlattened === 1) {
      return values.map((one) => element(item, name, one)).join('');
    }
    const itemName = item.getMergedTraits().xmlName ?? 'member';
    return tag(name, values.map((one) => element(item, itemName, one)).join(''));
  }
  if (shape.isStructSchema()) {
    return tag(name, xmlMembers(shape, value as object));
  }
  return tag(name, escaped(scalar(value)));
}

function scalar(value: unknown): string {
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString('base64');
  }
  return String(value);
}
