/**
 * What the real provider is made of, as far as it decides what a program sees: a schema in the sense of Terraform's
 * plugin SDK (helper/schema/schema.go), under the names that Pulumi's bridge gives to it.
 */
import type { Properties } from '../../../provider/messages.ts';

export type Schema = Readonly<Record<string, Property>>;
export type Tags = Record<string, string>;

export interface Property {
  /** `block`: in Terraform a list of at most one, which the bridge unwraps. `map`, `list`, `set`: of strings. */
  type: 'string' | 'number' | 'boolean' | 'map' | 'list' | 'set' | 'block';
  /** Of a block; or of a list's or set's elements, which are strings if not given. */
  fields?: Schema;
  required?: true;
  optional?: true;
  /** Known after the create, unless the program sets it (if it is optional too). */
  computed?: true;
  /** A change is a new resource. */
  forceNew?: true;
  default?: string | number | boolean;
  conflictsWith?: readonly string[];
  exactlyOneOf?: readonly string[];
  /** `StateFunc`: what the program says is written into the state like this. */
  normalize?: (value: string) => string;
  /** Of a property `name`: the provider never makes one up. */
  namedByProgram?: true;
  /** What is wrong with the value, or with one element of it. */
  validate?: (value: string | number) => string | undefined;
  /** `DiffSuppressFunc`: the program's value counts as the old one. Undefined is what is not there. */
  suppress?: (change: Suppression) => boolean;
}

interface Suppression {
  before: unknown;
  after: unknown;
  /** All properties of the resource, before and as the program has them. */
  prior: Properties;
  config: Properties;
}

export function isInput(property: Property): boolean {
  return property.required === true || property.optional === true;
}

/** Every property `name` that a program may set (provider/autonaming.go of pulumi/pulumi-aws). */
export function isAutoNamed(name: Property | undefined): boolean {
  return name !== undefined && isInput(name) && name.namedByProgram !== true;
}

/** Terraform's SDK knows no difference between these and what is not there. */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true;
  }
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Value by value, an object's names in any order. */
export function equal(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([, one]) => one !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : part,
  );
}

export function isElements(value: unknown): value is Properties[] {
  return Array.isArray(value) && value.every(isObject);
}

/** Whether a change of this whole value is a new resource: its own property says so, or one in it. */
export function forcesNew(property: Property): boolean {
  return property.forceNew === true || Object.values(property.fields ?? {}).some(forcesNew);
}
