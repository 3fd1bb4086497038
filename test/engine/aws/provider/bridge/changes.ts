/** What the bridge tells the engine of a plan: pkg/tfbridge/detailed_diff.go of pulumi/pulumi-terraform-bridge. */
import { type Change, type Properties, UNKNOWN } from '../../../provider/messages.ts';
import { couldBe } from './plan.ts';
import { canonical, equal, forcesNew, isElements, isObject, type Property, type Schema } from './schema.ts';

/** @param inputs of the program: by them the elements of sets get their index */
export function changes(
  schema: Schema,
  prior: Properties,
  planned: Properties,
  inputs: Properties,
): Change[] {
  return ofFields(schema, '', prior, planned, inputs, false);
}

function ofFields(
  schema: Schema,
  path: string,
  prior: Properties,
  planned: Properties,
  inputs: Properties,
  replaces: boolean,
): Change[] {
  return Object.entries(schema).flatMap(([name, property]) =>
    ofProperty(property, step(path, name), prior[name], planned[name], inputs[name], replaces),
  );
}

function ofProperty(
  property: Property,
  path: string,
  before: unknown,
  after: unknown,
  input: unknown,
  inherited: boolean,
): Change[] {
  if (equal(before, after)) {
    return [];
  }
  const replaces = inherited || property.forceNew === true;
  if (before === undefined || after === undefined || after === UNKNOWN) {
    const kind = before === undefined ? 'add' : after === undefined ? 'delete' : 'update';
    return [{ property: path, kind, replaces: replaces || forcesNew(property) }];
  }
  const { type, fields } = property;
  if (type === 'block' && fields !== undefined && isObject(before) && isObject(after)) {
    return ofFields(fields, path, before, after, isObject(input) ? input : {}, replaces);
  }
  if (type === 'map' && isObject(before) && isObject(after)) {
    return ofMap(path, before, after, replaces);
  }
  if (type === 'set' && Array.isArray(before) && Array.isArray(after)) {
    return ofSet(property, path, before, after, input, replaces);
  }
  if (type === 'list' && Array.isArray(before) && Array.isArray(after)) {
    const element: Property = { type: fields === undefined ? 'string' : 'block', ...(fields && { fields }) };
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      ofProperty(element, `${path}[${index}]`, before[index], after[index], undefined, replaces),
    ).flat();
  }
  return [{ property: path, kind: 'update', replaces }];
}

function ofMap(path: string, before: Properties, after: Properties, replaces: boolean): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((name) =>
      ofProperty({ type: 'string' }, step(path, name), before[name], after[name], undefined, replaces),
    );
}

/** Element by element if each new one is found among the program's inputs, else the set as a whole. */
function ofSet(
  property: Property,
  path: string,
  before: unknown[],
  after: unknown[],
  input: unknown,
  inherited: boolean,
): Change[] {
  const had = new Set(before.map(canonical));
  const has = new Set(after.map(canonical));
  const removed = before.flatMap((one, index) => (has.has(canonical(one)) ? [] : [index]));
  const added = after.filter((one) => !had.has(canonical(one)));
  if (removed.length === 0 && added.length === 0) {
    return [];
  }
  const replaces = inherited || forcesNew(property);
  const written = added.map((one) =>
    Array.isArray(input) ? input.findIndex((candidate) => wrote(property, one, candidate)) : -1,
  );
  if (written.includes(-1) || new Set(written).size !== written.length) {
    return [{ property: path, kind: 'update', replaces }];
  }
  return [...new Set([...removed, ...written])].map((index) => {
    const kind = !written.includes(index) ? 'delete' : removed.includes(index) ? 'update' : 'add';
    return { property: `${path}[${index}]`, kind, replaces };
  });
}

function wrote({ fields }: Property, planned: unknown, input: unknown): boolean {
  if (fields === undefined || !isElements([planned, input])) {
    return equal(planned, input);
  }
  return couldBe(fields, planned as Properties, input as Properties);
}

/** As the engine reads it (sdk/go resource/property_path.go). */
function step(path: string, name: string): string {
  if (/["[\].]/.test(name)) {
    return `${path}["${name.replaceAll('"', '\\"')}"]`;
  }
  return path === '' ? name : `${path}.${name}`;
}
