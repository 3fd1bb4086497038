/**
 * The inputs that would have led to a state: pkg/tfbridge/schema.go (`ExtractInputsFromOutputs`) of
 * pulumi/pulumi-terraform-bridge.
 */
import type { Properties } from '../../../provider/messages.ts';
import { couldBe } from './plan.ts';
import { equal, isElements, isInput, isObject, isZero, type Property, type Schema } from './schema.ts';

/** Names of the inputs that no program wrote down. */
export const DEFAULTS = '__defaults';

export function defaultsOf(inputs: Properties): string[] | undefined {
  const names = inputs[DEFAULTS];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : undefined;
}

/** After a refresh: those that there were, with today's values. */
export function refreshed(schema: Schema, old: Properties, state: Properties): Properties {
  const inputs = ofFields(schema, old, state);
  const defaults = defaultsOf(old)?.filter((name) => equal(old[name], state[name]));
  return defaults === undefined || defaults.length === 0 ? inputs : { ...inputs, [DEFAULTS]: defaults };
}

function ofFields(schema: Schema, old: Properties, state: Properties): Properties {
  return Object.fromEntries(
    Object.entries(schema)
      .map(([name, property]) => [name, ofProperty(property, old[name], state[name])] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function ofProperty({ type, fields, normalize }: Property, old: unknown, state: unknown): unknown {
  if (old === undefined || state === undefined) {
    return undefined;
  }
  if (normalize !== undefined) {
    return old;
  }
  if (type === 'map' && isObject(old) && isObject(state)) {
    return Object.fromEntries(Object.entries(state).filter(([name]) => name in old));
  }
  if (fields === undefined) {
    return state;
  }
  if (isObject(old) && isObject(state)) {
    return ofFields(fields, old, state);
  }
  if (!isElements(old) || !isElements(state)) {
    return state;
  }
  if (type === 'list') {
    return old.flatMap((one, index) => {
      const now = state[index];
      return now === undefined ? [] : [ofFields(fields, one, now)];
    });
  }
  return old.flatMap((one) => {
    const now = state.find((element) => couldBe(fields, element, one));
    return now === undefined ? [] : [ofFields(fields, one, now)];
  });
}

/** After an import, where there was no program: whatever a program could have said. */
export function imported(schema: Schema, state: Properties): Properties {
  return { ...inputsIn(schema, state), [DEFAULTS]: [] };
}

function inputsIn(schema: Schema, state: Properties): Properties {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([, property]) => isInput(property))
      .map(([name, property]) => [name, inputIn(property, state[name])] as const)
      .filter(([name, value]) => {
        const property = schema[name];
        return property?.required
          ? value !== undefined
          : !isZero(value) && !(property?.default !== undefined && property.default === value);
      }),
  );
}

function inputIn({ fields }: Property, value: unknown): unknown {
  if (fields === undefined) {
    return value;
  }
  if (isElements(value)) {
    return value.map((one) => inputsIn(fields, one));
  }
  return isObject(value) ? inputsIn(fields, value) : value;
}
