import type { Question } from './question.ts';
import type { Seen } from './seen.ts';

/** A way to look at a new host before anybody else does. */
export interface Way {
  /** For people: `2a05:…:1`, `the agent http://…`. */
  readonly label: string;
  /** False: one look at a time, and none at other services while one still waits. */
  readonly isFree: boolean;
  /** Null for what can't be looked at this way. */
  look(question: Question, signal: AbortSignal): Promise<Seen | null>;
}
