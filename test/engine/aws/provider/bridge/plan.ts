/**
 * The state that an apply would lead to: helper/schema/schema.go (`diffString`, `diffList`, `diffSet`, `diffMap`) and
 * grpc_provider.go (`PlanResourceChange`) of hashicorp/terraform-plugin-sdk, and objchange.ProposedNew for the elements
 * of sets.
 */
import { type Properties, UNKNOWN } from '../../../provider/messages.ts';
import { canonical, equal, isElements, isObject, isZero, type Property, type Schema } from './schema.ts';

/** @param prior undefined for a create: what is computed is then unknown */
export function plan(schema: Schema, prior: Properties | undefined, config: Properties): Properties {
  return planFields(schema, prior, config, { prior: prior ?? {}, config });
}

interface Whole {
  prior: Properties;
  config: Properties;
}

function planFields(
  schema: Schema,
  prior: Properties | undefined,
  config: Properties,
  whole: Whole,
): Properties {
  const planned = Object.entries(schema).map(([name, property]) => [
    name,
    planProperty(property, prior === undefined, prior?.[name], config[name], whole),
  ]);
  return Object.fromEntries(planned.filter(([, value]) => value !== undefined));
}

function planProperty(
  property: Property,
  fresh: boolean,
  prior: unknown,
  given: unknown,
  whole: Whole,
): unknown {
  const { normalize } = property;
  const config =
    normalize !== undefined && typeof given === 'string' && given !== UNKNOWN ? normalize(given) : given;
  if (config === undefined) {
    if (property.computed) {
      return fresh ? UNKNOWN : prior;
    }
    return isZero(prior) || suppressed(property, prior, config, whole) ? prior : undefined;
  }
  if (config === UNKNOWN) {
    return UNKNOWN;
  }
  // An empty value for what is computed means "unset" (`finalizeDiff`).
  if (property.computed && !fresh && isZero(config) && config !== 0 && config !== false) {
    return prior;
  }
  if (isZero(config) && isZero(prior)) {
    return prior ?? config;
  }
  if (property.fields !== undefined) {
    return planNested(property, property.fields, prior, config, whole);
  }
  const same = property.type === 'set' ? sameElements(prior, config) : equal(prior, config) && !fresh;
  return same || (!fresh && suppressed(property, prior, config, whole)) ? prior : config;
}

function suppressed(property: Property, before: unknown, after: unknown, whole: Whole): boolean {
  return property.suppress?.({ before, after, ...whole }) ?? false;
}

function planNested(
  property: Property,
  fields: Schema,
  prior: unknown,
  config: unknown,
  whole: Whole,
): unknown {
  if (property.type === 'block') {
    return isObject(config) ? planFields(fields, isObject(prior) ? prior : undefined, config, whole) : config;
  }
  if (!isElements(config)) {
    return config;
  }
  const before = isElements(prior) ? prior : [];
  if (property.type === 'list') {
    return config.map((element, index) => planFields(fields, before[index], element, whole));
  }
  const left = [...before];
  const planned = config.map((element) => {
    const match = left.findIndex((one) => couldBe(fields, one, element));
    const [found] = match === -1 ? [] : left.splice(match, 1);
    return found ?? planFields(fields, undefined, element, whole);
  });
  return left.length === 0 && planned.every((one) => before.includes(one)) ? prior : planned;
}

/** Whether an element of the state is what the program wrote down: alike, but for what is computed. */
export function couldBe(fields: Schema, state: Properties, config: Properties): boolean {
  return Object.entries(fields).every(([name, property]) => {
    const wanted = config[name];
    if (wanted === undefined && property.computed) {
      return true;
    }
    return property.type === 'set' && property.fields === undefined
      ? sameElements(state[name], wanted)
      : equal(state[name], wanted) || (isZero(state[name]) && isZero(wanted));
  });
}

function sameElements(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown) => (Array.isArray(value) ? value.map(canonical).sort() : value);
  return equal(sorted(one), sorted(other));
}
