import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../errors.ts';
import { requiredMembers } from './operation.ts';
import type { Wire } from './wire.ts';
import { escaped, tag, xmlMembers } from './xml.ts';

interface QueryOptions {
  xmlns: string;
  /** EC2's dialect: other names, lists without a level of their own, no `…Result` element in answers. */
  ec2: boolean;
}

/** AWS query and EC2 query: a form with `Action`, answered in XML. */
export function queryWire({ xmlns, ec2 }: QueryOptions): Wire {
  const attributes = ` xmlns="${xmlns}"`;
  return {
    find: (request, operations) => {
      const name = new URLSearchParams(request.body).get('Action') ?? '';
      return operations.get(name) ?? name;
    },
    read: async (request, operation) => {
      const form = new URLSearchParams(request.body);
      form.delete('Action');
      form.delete('Version');
      return structure(operation.input, tree(form), '', ec2) as object;
    },
    answer: (operation, output, requestId) => {
      const members = operation.output.isUnitSchema()
        ? // EC2 says so where there is nothing else to say.
          tag('return', 'true')
        : xmlMembers(operation.output, output);
      const body = ec2
        ? tag('requestId', requestId) + members
        : tag(`${operation.name}Result`, members) + tag('ResponseMetadata', tag('RequestId', requestId));
      return xml(200, tag(`${operation.name}Response`, body, attributes));
    },
    refuse: ({ code, message, status }, requestId) => {
      const error = tag('Code', code) + tag('Message', escaped(message));
      return xml(
        status,
        ec2
          ? tag('Response', tag('Errors', tag('Error', error)) + tag('RequestID', requestId))
          : tag(
              'ErrorResponse',
              tag('Error', tag('Type', 'Sender') + error) + tag('RequestId', requestId),
              attributes,
            ),
      );
    },
  };
}

export function xml(status: number, document: string) {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}

/** `A.1.B=x` as `{ A: { 1: { B: x } } }` */
interface Tree {
  value?: string;
  children: Map<string, Tree>;
}

function tree(form: URLSearchParams): Tree {
  const root: Tree = { children: new Map() };
  for (const [key, value] of form) {
    let node = root;
    for (const part of key.split('.')) {
      const next = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

function structure(shape: NormalizedSchema, node: Tree, path: string, ec2: boolean): object {
  const result: Record<string, unknown> = {};
  const known = new Set<string>();
  const required = new Set(requiredMembers(shape));
  const members = shape.isUnitSchema() ? [] : shape.structIterator();
  for (const [name, member] of members) {
    const key = queryName(member, name, ec2);
    known.add(key);
    const child = node.children.get(key);
    if (child !== undefined) {
      result[name] = valueIn(member, child, `${path}${key}`, ec2);
    } else if (required.has(name)) {
      throw new AwsError('MissingParameter', `The request must contain the parameter ${path}${key}`);
    }
  }
  const unknown = [...node.children.keys()].find((key) => !known.has(key));
  if (unknown !== undefined) {
    throw new AwsError('UnknownParameter', `The parameter ${path}${unknown} is not recognized`);
  }
  return result;
}

/** EC2's names begin with a capital whatever the model's begin with (Smithy, "AWS EC2 query protocol"). */
function queryName(member: NormalizedSchema, name: string, ec2: boolean): string {
  const { ec2QueryName, xmlName } = member.getMergedTraits();
  if (!ec2) {
    return xmlName ?? name;
  }
  const text = xmlName ?? name;
  return String(ec2QueryName ?? text.charAt(0).toUpperCase() + text.slice(1));
}

function valueIn(shape: NormalizedSchema, node: Tree, path: string, ec2: boolean): unknown {
  if (shape.isListSchema()) {
    const item = shape.getValueSchema();
    const level = ec2 ? node : node.children.get(item.getMergedTraits().xmlName ?? 'member');
    return [...(level?.children ?? [])]
      .sort(([one], [other]) => Number(one) - Number(other))
      .map(([index, child]) => valueIn(item, child, `${path}.${index}`, ec2));
  }
  if (shape.isStructSchema()) {
    return structure(shape, node, `${path}.`, ec2);
  }
  const text = node.value ?? '';
  if (shape.isBooleanSchema()) {
    return text === 'true';
  }
  if (shape.isNumericSchema()) {
    return number(text, path);
  }
  if (shape.isTimestampSchema()) {
    return new Date(text);
  }
  return shape.isBlobSchema() ? Buffer.from(text, 'base64') : text;
}

function number(text: string, path: string): number {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${text}' for ${path}. Must be a number.`);
  }
  return value;
}
