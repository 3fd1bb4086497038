import type { Evidence, Vantage } from '../evidence.ts';
import type { Target } from '../target.ts';

/** What a cause judges: everything that was seen of one target, wherever it was seen. */
export interface Case {
  readonly target: Target;
  /** Where the probes that ran here ran. */
  readonly vantage: Vantage;
  readonly evidence: readonly Evidence[];
  /** Flags that the user gave, as words for a shell: the next command repeats them. */
  readonly flags?: string;
  /** The target is a stand-in: whoever types the next command has to put in the real one. */
  readonly redacted?: boolean;
}
