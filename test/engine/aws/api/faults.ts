import { z } from 'zod';

/** Makes one call go wrong. */
const shape = z.strictObject({
  /**
   * `server-error` and `throttle`: the service's own answers. `hang`: no answer, `disconnect`: the connection is closed
   * instead of one. `kill`: the process gets SIGKILL, and there is no answer;
   * `kill-caller`: whoever asked does.
   */
  kind: z.enum(['server-error', 'throttle', 'hang', 'disconnect', 'kill', 'kill-caller']),
  /** Before the cloud has carried the call out (and then it never does), or after. */
  at: z.enum(['before', 'after']).default('before'),
  /** Which of the matching calls that are still to come, from 1. */
  nth: z.number().int().positive().default(1),
  /** Calls that change something, or all. */
  among: z.enum(['writes', 'all']).default('writes'),
  /** Only this one: `ec2:AllocateAddress`. */
  action: z.string().optional(),
  /** For `kill`; a negative one is a process group. */
  pid: z
    .number()
    .int()
    .refine((pid) => pid !== 0)
    .optional(),
});
export const fault = shape.refine(({ kind, pid }) => (kind === 'kill') === (pid !== undefined), {
  error: 'a process to kill, and only then one',
});
export type Fault = z.input<typeof fault> | RunFault;

/** In process only: something of the test's own, after which the call goes on as if nothing had been. */
interface RunFault extends Omit<z.input<typeof fault>, 'kind' | 'pid'> {
  kind: 'run';
  run: () => void | Promise<void>;
}

interface Pending {
  left: number;
  among: 'writes' | 'all';
  action: string | undefined;
  fault: TakenFault;
}

export interface TakenFault {
  kind: Fault['kind'];
  at: 'before' | 'after';
  pid?: number | undefined;
  run?: () => void | Promise<void>;
}

/** The faults still to come. */
export class Faults {
  #pending: Pending[] = [];

  add(given: Fault): void {
    const { kind, ...rest } = given;
    if (kind === 'run') {
      const { run, ...when } = rest as Omit<RunFault, 'kind'>;
      const { nth, among, action, at } = shape.parse({ ...when, kind: 'hang' });
      this.#pending.push({ left: nth, among, action, fault: { kind, at, run } });
      return;
    }
    const { nth, among, action, at, pid } = fault.parse(given);
    this.#pending.push({ left: nth, among, action, fault: { kind, at, pid } });
  }

  clear(): void {
    this.#pending = [];
  }

  /** The fault for this call, if there is one; it is used up by being taken. */
  take(action: string, writes: boolean): TakenFault | undefined {
    const matching = this.#pending.filter(
      (one) => (writes || one.among === 'all') && (one.action ?? action) === action,
    );
    for (const one of matching) {
      one.left -= 1;
    }
    const found = matching.find((one) => one.left === 0);
    this.#pending = this.#pending.filter((one) => one.left > 0);
    return found?.fault;
  }
}
