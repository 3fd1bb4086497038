/** The host that serves, as its cloud shows it. */
export interface HostNow {
  /** Name at Lightsail, id at EC2. */
  readonly id: string;
  /** `running`, `pending`, … */
  readonly state: string;
  readonly createdAt: Date | null;
}

/** Something that bears a stack's mark. */
export interface MarkedThing {
  /** For people: `Lightsail instance`. */
  readonly type: string;
  /** By which the state knows it. */
  readonly id: string;
  /** A command of AWS's own tool that removes it. */
  readonly remove: string;
}

/** What a stack has at its cloud. */
export interface Marked {
  readonly hosts: readonly HostNow[];
  /** Everything, hosts included. */
  readonly things: readonly MarkedThing[];
}

/** Bytes since `since`; null where the cloud doesn't tell. */
export interface Traffic {
  readonly since: Date;
  readonly inBytes: number | null;
  readonly outBytes: number | null;
}

/** The start of the month that a bill is for. */
export const monthOf = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));

/** Seconds: sums of a day, so that a month is one answer. */
export const DAY = 86_400;

export const total = (sums: readonly { readonly sum?: number | undefined }[]): number =>
  sums.reduce((all, { sum = 0 }) => all + sum, 0);
