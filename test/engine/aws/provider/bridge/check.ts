/**
 * What `Check` says of a program's inputs, and what it adds to them: pkg/tfbridge/provider.go and schema.go
 * (`applyDefaults`) of pulumi/pulumi-terraform-bridge, helper/schema/schema.go (`validate`) of Terraform's SDK.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type Failure, type Properties, UNKNOWN } from '../../../provider/messages.ts';
import { DEFAULTS, defaultsOf } from './inputs.ts';
import { isAutoNamed, isInput, isObject, isZero, type Property, type Schema } from './schema.ts';

export interface CheckedResource {
  schema: Schema;
  /** `vpc-relay` of a URN */
  name: string;
  /** The inputs of the last run, if there was one. */
  old: Properties | undefined;
  inputs: Properties;
  /** From the engine, the same in a preview and the run after it. */
  seed: Uint8Array;
}

export function check(resource: CheckedResource): { inputs: Properties; failures: Failure[] } {
  const named = withName(resource);
  const failures = validate(resource.schema, '', named.inputs).map(({ problem, path }) => ({
    property: '',
    reason: path === '' ? problem : `${problem}. Examine values at '${resource.name}.${path}'.`,
  }));
  const { inputs, added } = withDefaults(resource, named.inputs);
  return { inputs: { ...inputs, [DEFAULTS]: [...named.added, ...added].sort() }, failures };
}

function withName({ schema, name, old, inputs, seed }: CheckedResource) {
  const { name: property } = schema;
  if (property === undefined || !isAutoNamed(property) || inputs.name !== undefined) {
    return { inputs, added: [] };
  }
  const again = old?.name !== undefined && (defaultsOf(old)?.includes('name') ?? true);
  return { inputs: { ...inputs, name: again ? old.name : autoName(name, seed) }, added: ['name'] };
}

/** Hexadecimal digits after the resource's own name, joined by `-`; together at most 255 characters. */
const RANDOM_LENGTH = 7;
const MAX_NAME_LENGTH = 255;

function autoName(name: string, seed: Uint8Array): string {
  const random = createHash('sha256').update(seed.length > 0 ? seed : randomBytes(16));
  const suffix = random.digest('hex').slice(0, RANDOM_LENGTH);
  return `${name.slice(0, MAX_NAME_LENGTH - RANDOM_LENGTH - 1)}-${suffix}`;
}

function withDefaults({ schema, old }: CheckedResource, inputs: Properties) {
  const oldDefaults = old === undefined ? undefined : defaultsOf(old);
  const added: string[] = [];
  const all = Object.entries(schema).map(([name, property]) => {
    const given = inputs[name];
    // A falsy default is not written into the inputs (pulumi/pulumi-terraform-bridge#2618).
    if (given !== undefined || isZero(property.default) || conflicts(property, inputs)) {
      return [name, nestedDefaults(property, given)] as const;
    }
    added.push(name);
    const again = old?.[name] !== undefined && (oldDefaults?.includes(name) ?? true);
    return [name, again ? old[name] : property.default] as const;
  });
  return { inputs: Object.fromEntries(all.filter(([, value]) => value !== undefined)), added };
}

function nestedDefaults({ fields }: Property, value: unknown): unknown {
  if (fields === undefined || value === undefined) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((one) => nestedDefaults({ type: 'block', fields }, one));
  }
  if (!isObject(value)) {
    return value;
  }
  const all = Object.entries(fields).map(([name, property]) => {
    const given = value[name] ?? (isZero(property.default) ? undefined : property.default);
    return [name, nestedDefaults(property, given)] as const;
  });
  return Object.fromEntries(all.filter(([, one]) => one !== undefined));
}

function conflicts({ conflictsWith = [], exactlyOneOf = [] }: Property, inputs: Properties): boolean {
  return [...conflictsWith, ...exactlyOneOf].some((name) => inputs[name] !== undefined);
}

interface Problem {
  problem: string;
  /** Empty if the problem says where. */
  path: string;
}

function validate(schema: Schema, base: string, inputs: Properties): Problem[] {
  const at = (name: string) => (base === '' ? name : `${base}.${name}`);
  const unknown = Object.keys(inputs).filter((name) => name !== DEFAULTS && !Object.hasOwn(schema, name));
  return [
    ...unknown.map((name) => ({ problem: 'Invalid or unknown key', path: at(name) })),
    ...Object.entries(schema).flatMap(([name, property]) =>
      validateProperty(name, property, at(name), inputs),
    ),
  ];
}

function validateProperty(name: string, property: Property, path: string, inputs: Properties): Problem[] {
  const value = inputs[name];
  const { exactlyOneOf = [], conflictsWith = [] } = property;
  const given = exactlyOneOf.filter((one) => inputs[one] !== undefined);
  if (exactlyOneOf.length > 0 && given.length !== 1) {
    const detail =
      given.length === 0
        ? `one of \`${exactlyOneOf}\` must be specified`
        : `only one of \`${exactlyOneOf}\` can be specified, but \`${given}\` were specified.`;
    return [{ problem: `Invalid combination of arguments. "${name}": ${detail}`, path }];
  }
  if (value === undefined) {
    const detail = `Missing required argument. The argument "${name}" is required, but no definition was found.`;
    return property.required ? [{ problem: detail, path }] : [];
  }
  if (!isInput(property)) {
    const reason = `Can't configure a value for "${name}": its value will be decided automatically`;
    return [{ problem: `Value for unconfigurable attribute. ${reason}`, path }];
  }
  const rival = conflictsWith.find((one) => inputs[one] !== undefined);
  if (rival !== undefined && value !== UNKNOWN && inputs[rival] !== UNKNOWN) {
    const detail = `"${name}": conflicts with ${rival}`;
    return [{ problem: `Conflicting configuration arguments. ${detail}`, path }];
  }
  return validateValue(property, path, value);
}

function validateValue(property: Property, path: string, value: unknown): Problem[] {
  const { type, fields } = property;
  if (value === UNKNOWN) {
    return [];
  }
  if (type === 'list' || type === 'set') {
    const element: Property = { ...property, type: fields === undefined ? 'string' : 'block' };
    return Array.isArray(value)
      ? value.flatMap((one, index) => validateValue(element, `${path}[${index}]`, one))
      : [{ problem: 'Attribute must be a list', path }];
  }
  if (type === 'block') {
    return isObject(value)
      ? validate(fields ?? {}, path, value)
      : [{ problem: 'Expected Object Type', path }];
  }
  if (type === 'map') {
    const texts = isObject(value) && Object.values(value).every((one) => typeof one === 'string');
    return texts ? [] : [{ problem: 'Attribute must be a map', path }];
  }
  if (typeof value !== type) {
    return [{ problem: `expected type '${type}', got unconvertible type '${typeof value}'`, path }];
  }
  const problem = typeof value === 'boolean' ? undefined : property.validate?.(value as string | number);
  return problem === undefined ? [] : [{ problem: `expected ${path} ${problem}`, path }];
}
