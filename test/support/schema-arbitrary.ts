import fc from 'fast-check';
import { z } from 'zod';
import { addressSchema } from '../../src/model/address.ts';
import { LAN4, OLD4, OLD6, STABLE6, VPN4, WAN4 } from './names.ts';

const address = fc.constantFrom(
  WAN4,
  OLD4,
  VPN4,
  LAN4,
  '100.64.9.7',
  '192.0.0.2',
  '127.0.0.1',
  STABLE6,
  OLD6,
);

/** Short words, so that what stands in the page can be broken where a person would. */
export const WORDS = fc.constantFrom(
  'nginx',
  'eth0',
  'web',
  'example.org',
  'accept',
  'input',
  'two words',
  '',
);
/** Texts that a hostile network or program may give. */
export const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('\u001b[2J', '\u202egnp.exe', 'a\nIPv4 works', '\u0007', `'; rm -rf /; '`, 'x'.repeat(300)),
);

/** Values that a schema takes: what it is made of decides, so that a new field is in every test at once. */
export function fromSchema(schema: z.core.$ZodType, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  if (schema === addressSchema) return address;
  const inner = (each: z.core.$ZodType): fc.Arbitrary<unknown> => fromSchema(each, text);
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    return fc.record(Object.fromEntries(Object.entries(shape).map(([key, each]) => [key, inner(each)])));
  }
  if (schema instanceof z.ZodArray) {
    const fits = (items: readonly unknown[]): boolean => schema.safeParse(items).success;
    return fc
      .array(inner(schema.element), { maxLength: 3 })
      .filter((items) => items.length > 0 || fits(items));
  }
  if (schema instanceof z.ZodNullable) return fc.option(inner(schema.unwrap()));
  if (schema instanceof z.ZodOptional) return fc.option(inner(schema.unwrap()), { nil: undefined });
  if (schema instanceof z.ZodDefault) return inner(schema.unwrap());
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map(inner));
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) {
    return fc.integer({
      min: Math.max(0, schema.minValue ?? 0) + 1,
      max: Math.min(4000, schema.maxValue ?? 4000),
    });
  }
  if (schema instanceof z.ZodISODateTime) return fc.constant('2026-11-23T21:00:00.000Z');
  if (schema instanceof z.ZodString) {
    return schema.safeParse('a'.repeat(64)).success &&
      !schema.safeParse('').success &&
      !schema.safeParse('z').success
      ? fc.constant('a'.repeat(64))
      : text.filter((each) => schema.safeParse(each).success);
  }
  throw new Error(`no values are known for a schema of type ${schema._zod.def.type}`);
}
