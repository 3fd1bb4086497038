/** What goes wrong with a call; `kill-provider` ends whoever makes it, `kill-engine` the engine. */
export const KINDS = ['500', '429', 'time-out', 'kill-provider', 'kill-engine'] as const;
export type Kind = (typeof KINDS)[number];
export const MOMENTS = ['before', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

/** The commands whose calls are struck, each with what it begins with. */
export const PHASES = ['up', 'change', 'destroy'] as const;
export type Phase = (typeof PHASES)[number];

/** A call of the cloud's API as it came in. */
export interface FaultCall {
  /** `lightsail:AttachStaticIp`, `PUT /zones/{id}/dns_records/{id}` */
  readonly action: string;
  readonly writes: boolean;
  /** A fault was done to it. */
  readonly struck: boolean;
}

/** One call that is to go wrong. */
export interface FaultSpec {
  readonly kind: Kind;
  readonly moment: Moment;
  readonly action: string;
  /** Which of the calls of this action that are still to come, from 1. */
  readonly occurrence: number;
  readonly victims: Victims;
}

export interface Run {
  readonly exitCode: number;
  /** It had to be killed, for it came to no end. */
  readonly hung: boolean;
  readonly output: string;
}

/** Pids of those whose death is a fault, beside whoever makes a call; known once the command runs. */
interface Victims {
  readonly engine: number;
}

/** A command that runs. */
export interface Running {
  readonly victims: Victims;
  readonly end: Promise<Run>;
}

/** Puts back what was there when it was made: the stack's state, and the cloud. */
export type Saved = () => Promise<void>;

/** A stack with its plan, the literal `pulumi`, a provider that may be killed, and a cloud that can go wrong. */
export interface FaultWorld extends AsyncDisposable {
  /** The calls since the last `reset`. */
  calls(): readonly FaultCall[];
  /** Forgets calls and faults. */
  reset(): void;
  fail(spec: FaultSpec): void;
  /** Writes the plan that the phase's command works on. */
  configure(phase: Phase): Promise<void>;
  start(...args: string[]): Promise<Running>;
  /** `pulumi up` or `destroy`, from start to end. */
  run(command: string): Promise<Run>;
  /** As `reach4 up` does where the lock's process is dead. */
  unlock(): Promise<Run>;
  save(name: string): Promise<Saved>;
  /** Somebody changes by hand what the stack has made; where a subject says how. */
  readonly meddle?: () => void;
  /** What a `destroy` has left behind, a line each. */
  left(): readonly string[];
  /** What is wrong after an `up`; null where everything is as the phase's plan says, and the state knows of it. */
  unsound(phase: Phase): Promise<string | null>;
}
