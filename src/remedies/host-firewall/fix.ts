import type { DecidingRule, FirewallDecision } from '../../model/facts/host.ts';
import type { ManualStep } from '../../model/remedy-offer.ts';

/** One rule that keeps the service's IPv4 out, and what has to get past it. */
export interface Fix {
  readonly rule: DecidingRule;
  readonly path: FirewallDecision['path'];
  readonly protocol: 'tcp' | 'udp';
  /** The port that the packet has where the rule sees it. */
  readonly port: number;
  /** The port that the packet came to, before any translation. */
  readonly arrivedAt: number;
  /** Where it is translated to before the rule sees it; null where it isn't. */
  readonly to: string | null;
  /** The interface by which packets arrive. */
  readonly interface: string | null;
  /** What the change does, in a few words. */
  readonly does: string;
}

/** The steps in one tool's words; null where a name can't be said in them safely. */
export type Dialect = (fix: Fix) => ManualStep[] | null;

/** Marks what reach4 added, so that it can be found again. */
export const COMMENT = 'reach4';
