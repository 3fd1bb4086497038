/** One call as it came in, in order. */
export interface LoggedCall {
  /** Among all calls, from 1. */
  ordinal: number;
  /** Among those that change something, from 1; null for a read. */
  write: number | null;
  /** As IAM names it: `ec2:AllocateAddress` */
  action: string;
  region: string;
  accessKeyId: string;
  input: object;
  /** `ok`, or the error's code, or what was done instead of an answer. */
  outcome: string;
  fault?: { kind: string; at: 'before' | 'after' };
}

/** The calls of everybody but a test's own hand. */
export class Calls {
  readonly log: LoggedCall[] = [];
  /** Everything that IAM was asked, also for a part of a call. */
  readonly actions = new Set<string>();

  add(call: Omit<LoggedCall, 'ordinal' | 'write' | 'outcome'>, writes: boolean): LoggedCall {
    const entry: LoggedCall = {
      ordinal: this.log.length + 1,
      write: writes ? this.writes.length + 1 : null,
      ...call,
      outcome: 'ok',
    };
    this.log.push(entry);
    return entry;
  }

  get writes(): LoggedCall[] {
    return this.log.filter((call) => call.write !== null);
  }

  clear(): void {
    this.log.length = 0;
    this.actions.clear();
  }
}
