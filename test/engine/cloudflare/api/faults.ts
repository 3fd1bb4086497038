import { z } from 'zod';

/** Makes the next requests fail, whatever they ask for. */
export const fault = z.object({
  kind: z.enum(['rate-limit', 'server-error', 'conflict', 'forbidden', 'hang']),
  /** Before the request is carried out (and then it never is), or after. */
  at: z.enum(['before', 'after']).default('before'),
  /** How many requests. */
  count: z.number().int().positive().default(1),
  /** Only requests of this method … */
  method: z.string().optional(),
  /** … whose path contains this. */
  path: z.string().optional(),
  /** Seconds in `Retry-After`; not with `hang`. */
  retryAfter: z.number().optional(),
});
export type Fault = z.input<typeof fault>;
type PendingFault = z.output<typeof fault>;

/** The faults still to come, first come first served. */
export class Faults {
  #pending: PendingFault[] = [];

  add(given: Fault): void {
    this.#pending.push(fault.parse(given));
  }

  clear(): void {
    this.#pending = [];
  }

  /** The fault for this request, if there is one; it is used up by being taken. */
  take(method: string, path: string): PendingFault | undefined {
    const found = this.#pending.find(
      (one) => (one.method ?? method) === method && path.includes(one.path ?? ''),
    );
    if (found !== undefined) {
      found.count -= 1;
      this.#pending = this.#pending.filter((one) => one.count > 0);
    }
    return found;
  }
}
