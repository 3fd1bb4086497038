import { z } from 'zod';

const CHANGES_NOTHING = 'GET';

/** Ids in paths: of records and zones (32 hexadecimal digits), and of tunnels (UUIDs). */
const IDS = /[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu;

/** Makes requests fail, whatever they ask for. */
export const fault = z
  .object({
    /** `hang`: no answer, and the connection stays. `lost`: none, and it is closed after a while. `kill`: the process gets SIGKILL, and there is no answer; `kill-caller`: whoever asked does. */
    kind: z.enum([
      'rate-limit',
      'server-error',
      'conflict',
      'forbidden',
      'hang',
      'lost',
      'kill',
      'kill-caller',
    ]),
    /** Before Cloudflare has carried the request out (and then it never does), or after. */
    at: z.enum(['before', 'after']).default('before'),
    /** The first of those struck, among the matching ones that are still to come, from 1. */
    nth: z.number().int().positive().default(1),
    /** How many requests. */
    count: z.number().int().positive().default(1),
    /** Only requests of this method … */
    method: z.string().optional(),
    /** … whose path contains this. */
    path: z.string().optional(),
    /** Only this one, as `actionOf` names it. */
    action: z.string().optional(),
    /** Seconds in `Retry-After`; not with `hang`. */
    retryAfter: z.number().optional(),
    /** For `kill`. */
    pid: z.number().int().positive().optional(),
  })
  .refine(({ kind, pid }) => (kind === 'kill') === (pid !== undefined), {
    error: 'a process to kill, and only then one',
  });
export type Fault = z.input<typeof fault>;
export type PendingFault = z.output<typeof fault>;

/** What a request does, whichever record or zone it is about: `PUT /zones/{id}/dns_records/{id}`. */
export const actionOf = (method: string, path: string): string => `${method} ${path.replaceAll(IDS, '{id}')}`;

export const isWrite = (method: string): boolean => method !== CHANGES_NOTHING;

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
    const matching = this.#pending.filter(
      (one) =>
        (one.method ?? method) === method &&
        path.includes(one.path ?? '') &&
        (one.action ?? actionOf(method, path)) === actionOf(method, path),
    );
    const found = matching.find((one) => one.nth === 1);
    for (const one of matching) {
      one.nth = Math.max(1, one.nth - 1);
    }
    if (found !== undefined) {
      found.count -= 1;
      this.#pending = this.#pending.filter((one) => one.count > 0);
    }
    return found;
  }
}
