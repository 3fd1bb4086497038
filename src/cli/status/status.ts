import type { OutsideAgent } from '../../outside/agent.ts';

/** One thing that was looked at: as it should be, not so, or nobody could tell. */
export interface StatusLine {
  readonly state: 'fine' | 'wrong' | 'unknown' | 'note';
  readonly text: string;
}

export const line = (state: StatusLine['state'], text: string): StatusLine => ({ state, text });

/** Lines about one subject: address, services, host, … */
export interface StatusPart {
  readonly label: string;
  readonly lines: readonly StatusLine[];
}

/** How a stack is now. */
export interface Status {
  readonly parts: readonly StatusPart[];
  /** The same for a program; part of `--json`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What to type next where something is wrong, with what it is for; none where all is fine. */
  readonly next: readonly string[];
}

/** Who may look from outside. */
export interface StatusLooks {
  readonly agents: readonly OutsideAgent[];
}

export const isFine = ({ parts }: Status): boolean =>
  parts.every(({ lines }) => lines.every(({ state }) => state === 'fine' || state === 'note'));
