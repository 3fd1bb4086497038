import { z } from 'zod';

/** One kind of finding: its code, and the shape of what it carries. */
export function finding<C extends string, A extends z.ZodRawShape>(code: C, args: A) {
  return z.object({ code: z.literal(code), args: z.object(args) });
}
