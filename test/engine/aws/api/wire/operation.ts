import type { GetCallerIdentity$ } from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Call } from '../call.ts';

/** One operation of a service's model, as the SDK clients carry it: what they send and read is described there. */
type OperationSchema = typeof GetCallerIdentity$;

export interface Operation {
  /** `RunInstances` */
  readonly name: string;
  /** The right that it needs, where IAM calls that otherwise. */
  readonly right?: string;
  /** Changes something in the cloud. */
  readonly writes: boolean;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method and path, of REST operations. */
  readonly http: readonly unknown[];
  readonly handle: (input: object, call: Call) => object;
}

/** The SDK types required members as `T | undefined`; that they are there is checked before an operation is handled. */
export type Given<Input> = {
  [Key in keyof Input]: Record<string, never> extends Pick<Input, Key>
    ? Input[Key]
    : Exclude<Input[Key], undefined>;
};

export function operation<Input extends object, Output extends object>(
  schema: OperationSchema,
  handle: (input: Given<Input>, call: Call) => Output,
  right?: string,
): Operation {
  const [, , name, traits, input, output] = schema;
  return {
    name,
    ...(right === undefined ? {} : { right }),
    writes: !/^(Describe|Get|List)/.test(name),
    input: NormalizedSchema.of(input),
    output: NormalizedSchema.of(output),
    http: typeof traits === 'object' ? (traits.http ?? []) : [],
    handle: (given, call) => handle(given as Given<Input>, call),
  };
}

/** The members that a structure must have come first in its schema, and their number last. */
export function requiredMembers(shape: NormalizedSchema): string[] {
  const schema: unknown = shape.getSchema();
  if (!Array.isArray(schema) || !Array.isArray(schema[4]) || typeof schema[6] !== 'number') {
    return [];
  }
  return schema[4].slice(0, schema[6]).map(String);
}
