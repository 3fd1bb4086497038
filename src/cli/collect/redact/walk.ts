import { z } from 'zod';

/** What stands for a text, by its schema and where it is; undefined where no rule is known for it. */
export type Rule = (text: string, path: string, schema: z.core.$ZodType) => string | undefined;

/** In the order of trust: the first that the schema takes. */
export type Fallback = (text: string) => readonly string[];

/**
 * A copy in which every text that the schema leaves open is replaced: by what `rule` makes of it, else by a fallback.
 * Choices among fixed words, numbers, yes and no, and times stay. The schema decides, so that a new field is replaced
 * until a rule says that it needn't be.
 */
export function walk(
  schema: z.core.$ZodType,
  value: unknown,
  rule: Rule,
  fallback: Fallback,
  path = '',
): unknown {
  const inner = (each: z.core.$ZodType, item: unknown, at = path): unknown =>
    walk(each, item, rule, fallback, at);
  if (schema instanceof z.ZodNullable) return value === null ? null : inner(schema.unwrap(), value);
  if (schema instanceof z.ZodOptional) return value === undefined ? undefined : inner(schema.unwrap(), value);
  if (schema instanceof z.ZodDefault) return inner(schema.unwrap(), value);
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    // What the schema doesn't name isn't copied.
    return Object.fromEntries(
      Object.entries(shape).flatMap(([key, each]) => {
        const item = inner(
          each,
          (value as Record<string, unknown>)[key],
          path === '' ? key : `${path}.${key}`,
        );
        return item === undefined ? [] : [[key, item]];
      }),
    );
  }
  if (schema instanceof z.ZodArray) return (value as unknown[]).map((item) => inner(schema.element, item));
  if (schema instanceof z.ZodUnion) {
    const options: readonly z.core.$ZodType[] = schema.options;
    const meant = options.find((option) => z.safeParse(option, value).success);
    if (meant === undefined) throw new Error(`no schema takes what is at ${path}`);
    return inner(meant, value);
  }
  if (schema instanceof z.ZodString) return replaced(schema, String(value), rule, fallback, path);
  if (FIXED.some((type) => schema instanceof type)) return value;
  throw new Error(`no rule is known for a schema of type ${schema._zod.def.type}, at ${path}`);
}

/** Nothing in these is the user's own. */
const FIXED = [z.ZodEnum, z.ZodLiteral, z.ZodBoolean, z.ZodNumber, z.ZodISODateTime];

function replaced(schema: z.ZodString, text: string, rule: Rule, fallback: Fallback, path: string): string {
  const ruled = rule(text, path, schema);
  if (ruled !== undefined) return ruled;
  const found = fallback(text).find((each) => schema.safeParse(each).success);
  if (found === undefined) throw new Error(`no stand-in is known for the text at ${path}`);
  return found;
}
