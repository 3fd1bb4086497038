import type { Reason } from '../../model/evidence.ts';
import type { MappingTrialFacts } from '../../model/facts/router.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Budget, budgetOf } from '../router/budget.ts';

/** Seconds: what is asked for, and what ends the mapping even if this program is killed. */
export const LEASE_SECONDS = 60;

/** Seconds; servers may give more than is asked for, and RFC 6887 15 recommends 120 as the least they give. */
export const LONGEST_GRANT = 120;

/** ms; one answer to the removal, which goes on after the caller gave up. */
const REMOVAL_TIMEOUT = 1_500;

export interface MappingTrialQuestion {
  /** The router's address on the local network. */
  readonly gateway: string;
  /** This machine's address there: routers map only to whoever asks. */
  readonly client: string;
  readonly internalPort: number;
  readonly externalPort: number;
}

/** One way to open the mapping: with these ports, until this signal aborts. */
export type Method = (question: MappingTrialQuestion, ports: Ports, signal: AbortSignal) => Promise<Attempt>;

/** Takes the mapping away. @returns whether the router confirmed that it is gone. */
type Remove = () => Promise<boolean>;

export type Attempt =
  /** The router doesn't speak it. */
  | { readonly kind: 'absent'; readonly reason: Reason; readonly how: string }
  | {
      readonly kind: 'refused';
      readonly refusal: NonNullable<MappingTrialFacts['refusal']>;
      /** No other way may be tried: it could change what is there. */
      readonly isFinal: boolean;
      readonly how: string;
    }
  | {
      readonly kind: 'opened';
      readonly externalPort: number;
      readonly external: string | null;
      readonly remove: Remove;
      readonly how: string;
    }
  /** The request left and no answer came: the mapping may be there. */
  | { readonly kind: 'in-doubt'; readonly remove: Remove; readonly how: string };

/** A removal has its own time and heeds no signal: an interrupted run must not leave the mapping behind. */
export const forRemoval = (ports: Ports): { readonly budget: Budget; readonly signal: AbortSignal } => ({
  budget: budgetOf(REMOVAL_TIMEOUT, ports.clock),
  signal: new AbortController().signal,
});

/** What became of a mapping that is longer than was agreed. */
export const tooLong = (seconds: number) => ({
  code: 0,
  text: `the router would keep it for ${seconds} seconds`,
});
